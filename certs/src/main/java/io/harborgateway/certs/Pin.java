package io.harborgateway.certs;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * A public key pin: the SHA-256 of a certificate's SubjectPublicKeyInfo, written as {@code
 * sha256/<base64>}. It survives a renewal of the certificate that keeps the key.
 *
 * @param base64 the digest, 32 bytes, in padded base64
 */
public record Pin(String base64) {
  private static final String PREFIX = "sha256/";
  private static final int DIGEST_BYTES = 32;

  /**
   * Wraps a digest that is known to be valid.
   *
   * @throws IllegalArgumentException if the digest is not 32 bytes; {@link #parse} is for input
   */
  public Pin {
    if (Base64.getDecoder().decode(base64).length != DIGEST_BYTES) {
      throw new IllegalArgumentException("pin " + base64 + " (expected: 32 bytes)");
    }
  }

  /** The pin of a certificate's key. */
  public static Pin of(X509Certificate certificate) {
    return new Pin(
        Base64.getEncoder().encodeToString(sha256(certificate.getPublicKey().getEncoded())));
  }

  /**
   * Reads {@code sha256/<base64>}.
   *
   * @throws CertificateProblem if it is anything else
   */
  public static Pin parse(String text) throws CertificateProblem {
    try {
      if (text.startsWith(PREFIX)) {
        byte[] digest = Base64.getDecoder().decode(text.substring(PREFIX.length()));
        return new Pin(Base64.getEncoder().encodeToString(digest));
      }
    } catch (IllegalArgumentException e) {
      throw new CertificateProblem(expectation(text), e);
    }
    throw new CertificateProblem(expectation(text));
  }

  /** Whether the certificate has the pinned key. */
  public boolean matches(X509Certificate certificate) {
    return equals(of(certificate));
  }

  @Override
  public String toString() {
    return PREFIX + base64;
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static String expectation(String text) {
    return "pin \"%s\" (expected: sha256/ and the base64 of 32 bytes)".formatted(text);
  }
}
