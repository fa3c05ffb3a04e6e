package io.harborgateway.certs;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/** Private keys in PKCS#8 that a passphrase encrypts (RFC 8018, PBES2), read and written. */
final class EncryptedKeys {
  /** PBKDF2 with HMAC-SHA256, AES-256-CBC; openssl writes and reads the same. */
  private static final String SCHEME = "PBEWithHmacSHA256AndAES_256";

  private static final String PBES2 = "PBES2";

  private static final int ITERATIONS = 600_000;
  private static final int SALT_BYTES = 16;
  private static final int IV_BYTES = 16;

  /** A file must not keep whoever reads it busy for minutes. */
  private static final int MOST_ITERATIONS = 10_000_000;

  private static final SecureRandom RANDOM = new SecureRandom();

  private EncryptedKeys() {}

  /**
   * Returns the PKCS#8 that is encrypted.
   *
   * @throws InvalidKeyException if the passphrase is wrong
   * @throws GeneralSecurityException if the scheme is not known here
   */
  static byte[] decrypt(byte[] encrypted, char[] passphrase) throws GeneralSecurityException {
    try {
      var info = new EncryptedPrivateKeyInfo(encrypted);
      AlgorithmParameters parameters = info.getAlgParameters();
      if (parameters == null) {
        throw new GeneralSecurityException("no parameters");
      }
      if (parameters.getParameterSpec(PBEParameterSpec.class).getIterationCount()
          > MOST_ITERATIONS) {
        throw new GeneralSecurityException("more than " + MOST_ITERATIONS + " iterations");
      }
      // Of PBES2 the algorithm's name is in the parameters, of older schemes in the key itself.
      String scheme = info.getAlgName().equals(PBES2) ? parameters.toString() : info.getAlgName();
      Cipher cipher = Cipher.getInstance(scheme);
      cipher.init(Cipher.DECRYPT_MODE, key(scheme, passphrase), parameters);
      byte[] key = cipher.doFinal(info.getEncryptedData());
      Der.of(key).next(Der.SEQUENCE); // a wrong passphrase may leave padding that looks right
      return key;
    } catch (IOException e) {
      throw new GeneralSecurityException("no EncryptedPrivateKeyInfo", e);
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
