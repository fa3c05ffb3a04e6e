package io.harborgateway.certs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;

/**
 * The kind of a key.
 *
 * @param algorithm {@code RSA}, {@code EC}, {@code Ed25519}, or what the JDK calls another one
 * @param bits size of the modulus or of the curve's field; 0 where the algorithm says it all
 */
public record KeyType(String algorithm, int bits) {
  /** Accepted by every client, also by gorouter's default TLS 1.2 suites. */
  public static final KeyType RSA_2048 = new KeyType("RSA", 2048);

  /** Cheaper handshakes, but gorouter then needs TLS 1.3. */
  public static final KeyType EC_P256 = new KeyType("EC", 256);

  /** The type of a public key. */
  public static KeyType of(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa -> new KeyType(rsa.getAlgorithm(), rsa.getModulus().bitLength());
      case ECPublicKey ec -> new KeyType("EC", ec.getParams().getCurve().getField().getFieldSize());
      case EdECPublicKey ed -> new KeyType(ed.getParams().getName(), 0);
      default -> new KeyType(key.getAlgorithm(), 0);
    };
  }

  /** Whether signatures with it are ECDSA, which decides about the TLS 1.2 suites. */
  public boolean isEc() {
    return algorithm.equals("EC");
  }

  /** For example {@code RSA 2048}, {@code EC P-256}, {@code Ed25519}. */
  @Override
  public String toString() {
    return bits == 0 ? algorithm : algorithm + (isEc() ? " P-" : " ") + bits;
  }

  KeyPair generate() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (isEc()) {
      generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
    } else if (bits > 0) {
      generator.initialize(bits);
    }
    return generator.generateKeyPair();
  }

  /** The JCA name of the signature that certificates and challenges are signed with. */
  String signatureAlgorithm() {
    return switch (algorithm) {
      case "RSA" -> "SHA256withRSA";
      // A digest as wide as the curve (RFC 5758 section 3.2 names the pairs).
      case "EC" -> (bits > 384 ? "SHA512" : bits > 256 ? "SHA384" : "SHA256") + "withECDSA";
      default -> algorithm;
    };
  }

  /**
   * Whether the two keys belong together, shown by a signature: the same for every algorithm, and
   * the JDK has no other way from an EC private key to its public one.
   */
  static boolean isPair(PublicKey publicKey, PrivateKey privateKey) {
    byte[] challenge =
        "harbor-gateway: does this key belong to this certificate?".getBytes(US_ASCII);
    try {
      Signature signature = Signature.getInstance(of(publicKey).signatureAlgorithm());
      signature.initSign(privateKey);
      signature.update(challenge);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(challenge);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      // Keys of different algorithms, or of different sizes, end here: no pair.
      return false;
    }
  }
}
