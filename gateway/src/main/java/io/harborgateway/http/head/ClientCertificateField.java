package io.harborgateway.http.head;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What becomes of X-Forwarded-Client-Cert. A stranger's never passes. */
public enum ClientCertificateField {
  /** A trusted proxy's passes. */
  KEPT,
  /** A trusted proxy's passes if it has shown a certificate itself. */
  KEPT_WITH_CERTIFICATE,
  /** A trusted proxy's passes; a stranger's certificate is set in base64. */
  SET_RAW,
  /** A trusted proxy's passes; hash and subject of a stranger's certificate are set. */
  SET_ENVOY;

  /** Bytes of the subject's UTF-8, of which the certificate may have many. */
  private static final int LONGEST_SUBJECT = 1_024;

  /** Returns whether the field of such a peer passes. */
  boolean passes(boolean trusted, boolean hasCertificate) {
    return trusted && (this != KEPT_WITH_CERTIFICATE || hasCertificate);
  }

  /** Returns the value to set for such a peer; null: none is set. */
  @Nullable AsciiString value(boolean trusted, @Nullable X509Certificate certificate) {
    if (trusted || certificate == null || this == KEPT || this == KEPT_WITH_CERTIFICATE) {
      return null;
    }
    try {
      byte[] der = certificate.getEncoded();
      return AsciiString.of(
          this == SET_RAW
              ? Base64.getEncoder().encodeToString(der)
              : "Hash=%s;Subject=\"%s\"".formatted(sha256(der), quoted(certificate)));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("what was parsed has an encoding", e);
    }
  }

  private static String sha256(byte[] der) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Returns the subject (RFC 4514) in visible ASCII, other octets as that RFC's pairs of digits.
   */
  private static String quoted(X509Certificate certificate) {
    byte[] subject =
        certificate.getSubjectX500Principal().getName().getBytes(StandardCharsets.UTF_8);
    var text = new StringBuilder(subject.length + 16);
    for (int i = 0; i < Math.min(subject.length, LONGEST_SUBJECT); i++) {
      byte octet = subject[i];
      if (octet == '"' || octet == '\\') {
        text.append('\\').append((char) octet);
      } else if (octet < ' ' || octet == 0x7f) { // negative, too
        text.append('\\').append(HexFormat.of().withUpperCase().toHexDigits(octet));
      } else {
        text.append((char) octet);
      }
    }
    return text.toString();
  }
}
