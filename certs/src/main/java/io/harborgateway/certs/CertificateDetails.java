package io.harborgateway.certs;

import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * What an operator wants to know of one certificate.
 *
 * @param subject distinguished name, RFC 2253
 * @param issuer distinguished name, RFC 2253
 * @param names the dNSNames of subjectAltName, lower-case, in the certificate's order; including
 *     those that cover nothing, such as {@code f*.example.com}
 * @param ipAddresses the iPAddresses of subjectAltName
 * @param notBefore first instant of validity
 * @param notAfter last instant of validity
 * @param keyType type of the certificate's key
 * @param sha256Fingerprint in the form that {@code openssl x509 -fingerprint -sha256} prints it
 * @param pin pin of the certificate's key
 */
public record CertificateDetails(
    String subject,
    String issuer,
    List<String> names,
    List<String> ipAddresses,
    Instant notBefore,
    Instant notAfter,
    KeyType keyType,
    String sha256Fingerprint,
    Pin pin) {
  // Tags of GeneralName, RFC 5280 section 4.2.1.6.
  private static final Integer DNS_NAME = 2;
  private static final Integer IP_ADDRESS = 7;

  public CertificateDetails {
    names = List.copyOf(names);
    ipAddresses = List.copyOf(ipAddresses);
  }

  /**
   * Reads the details of a certificate.
   *
   * @throws CertificateProblem if the certificate's subjectAltName is malformed
   */
  public static CertificateDetails of(X509Certificate certificate) throws CertificateProblem {
    return new CertificateDetails(
        subject(certificate),
        certificate.getIssuerX500Principal().getName(),
        alternativeNames(certificate, DNS_NAME).stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .toList(),
        alternativeNames(certificate, IP_ADDRESS),
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant(),
        KeyType.of(certificate.getPublicKey()),
        fingerprint(certificate),
        Pin.of(certificate));
  }

  /** Whole days of validity left at the instant; negative from the first second after expiry. */
  public long daysLeft(Instant at) {
    return Math.floorDiv(
        Duration.between(at, notAfter).toSeconds(), Duration.ofDays(1).toSeconds());
  }

  static String subject(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  private static List<String> alternativeNames(X509Certificate certificate, Integer kind)
      throws CertificateProblem {
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      List<String> names = new ArrayList<>();
      for (List<?> name : all == null ? List.<List<?>>of() : all) {
        if (kind.equals(name.get(0)) && name.get(1) instanceof String text) {
          names.add(text);
        }
      }
      return names;
    } catch (CertificateParsingException e) {
      throw new CertificateProblem(
          subject(certificate) + ": malformed subjectAltName (expected: RFC 5280)", e);
    }
  }

  private static String fingerprint(X509Certificate certificate) throws CertificateProblem {
    try {
      return HexFormat.ofDelimiter(":")
          .withUpperCase()
          .formatHex(Pin.sha256(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new CertificateProblem("certificate without an encoding (expected: X.509)", e);
    }
  }
}
