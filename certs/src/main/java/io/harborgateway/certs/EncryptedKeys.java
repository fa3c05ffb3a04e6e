package io.harborgateway.certs;

import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.bc.BcPEMDecryptorProvider;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/**
 * Private keys that a passphrase encrypts: read in every form that openssl writes, by Bouncy
 * Castle, whose classes are loaded only for it; written in PKCS#8 (RFC 8018, PBES2).
 */
final class EncryptedKeys {
  /** PBKDF2 with HMAC-SHA256, AES-256-CBC; openssl writes and reads the same. */
  private static final String SCHEME = "PBEWithHmacSHA256AndAES_256";

  private static final String PBES2 = "PBES2";

  private static final int ITERATIONS = 600_000;
  private static final int SALT_BYTES = 16;
  private static final int IV_BYTES = 16;

  /** A file must not keep whoever reads it busy for minutes. */
  private static final BigInteger MOST_ITERATIONS = BigInteger.valueOf(10_000_000);

  private static final SecureRandom RANDOM = new SecureRandom();

  private EncryptedKeys() {}

  /**
   * Returns the PKCS#8 that is encrypted, whatever the scheme: openssl has written many.
   *
   * @throws InvalidKeyException if the passphrase is wrong
   * @throws GeneralSecurityException if the scheme is not known here
   */
  static byte[] decrypt(byte[] encrypted, char[] passphrase) throws GeneralSecurityException {
    try {
      var info = new PKCS8EncryptedPrivateKeyInfo(encrypted);
      refuseExcess(info.getEncryptionAlgorithm());
      var decryptor =
          new JceOpenSSLPKCS8DecryptorProviderBuilder()
              .setProvider(new BouncyCastleProvider())
              .build(passphrase);
      return info.decryptPrivateKeyInfo(decryptor).getEncoded();
    } catch (PKCSException e) {
      throw new InvalidKeyException("not decrypted", e);
    } catch (IOException | OperatorCreationException | IllegalArgumentException e) {
      throw new GeneralSecurityException("no EncryptedPrivateKeyInfo", e);
    }
  }

  private static void refuseExcess(AlgorithmIdentifier algorithm) throws GeneralSecurityException {
    if (algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)) {
      KeyDerivationFunc derivation =
          PBES2Parameters.getInstance(algorithm.getParameters()).getKeyDerivationFunc();
      if (derivation.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)
          && PBKDF2Params.getInstance(derivation.getParameters())
                  .getIterationCount()
                  .compareTo(MOST_ITERATIONS)
              > 0) {
        throw new GeneralSecurityException("more than " + MOST_ITERATIONS + " iterations");
      }
    }
  }

  /**
   * Decrypts the content of an old block whose header says how (RFC 1421 section 4.6.1.3).
   *
   * @param dekInfo value of the header field {@code DEK-Info}
   * @throws InvalidKeyException if the passphrase is wrong
   * @throws GeneralSecurityException if the cipher is not known here
   */
  static byte[] decryptTraditional(byte[] encrypted, String dekInfo, char[] passphrase)
      throws GeneralSecurityException {
    int comma = dekInfo.indexOf(',');
    try {
      byte[] iv = HexFormat.of().parseHex(dekInfo.substring(comma + 1).strip());
      byte[] key =
          new BcPEMDecryptorProvider(passphrase)
              .get(dekInfo.substring(0, Math.max(comma, 0)).strip())
              .decrypt(encrypted, iv);
      Der.of(key).next(Der.SEQUENCE); // a wrong passphrase may leave padding that looks right
      return key;
    } catch (PEMException e) {
      throw new InvalidKeyException("not decrypted", e);
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("a malformed DEK-Info", e);
    }
  }

  static byte[] encrypt(byte[] pkcs8, char[] passphrase) throws GeneralSecurityException {
    byte[] salt = random(SALT_BYTES);
    Cipher cipher = Cipher.getInstance(SCHEME);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        key(SCHEME, passphrase),
        new PBEParameterSpec(salt, ITERATIONS, new IvParameterSpec(random(IV_BYTES))));
    try {
      // The JDK knows the object identifier of the scheme by this name only.
      AlgorithmParameters parameters = AlgorithmParameters.getInstance(PBES2);
      parameters.init(cipher.getParameters().getEncoded());
      return new EncryptedPrivateKeyInfo(parameters, cipher.doFinal(pkcs8)).getEncoded();
    } catch (IOException e) {
      throw new GeneralSecurityException("key without an encoding", e);
    }
  }

  private static SecretKey key(String scheme, char[] passphrase) throws GeneralSecurityException {
    var spec = new PBEKeySpec(Arrays.copyOf(passphrase, passphrase.length));
    try {
      return SecretKeyFactory.getInstance(scheme).generateSecret(spec);
    } finally {
      spec.clearPassword();
    }
  }

  private static byte[] random(int bytes) {
    byte[] value = new byte[bytes];
    RANDOM.nextBytes(value);
    return value;
  }
}
