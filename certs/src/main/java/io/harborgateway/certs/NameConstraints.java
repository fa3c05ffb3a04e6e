package io.harborgateway.certs;

import java.io.IOException;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.ASN1OctetString;
import org.jspecify.annotations.Nullable;

/** The names for which a CA may issue certificates (RFC 5280 section 4.2.1.10). */
final class NameConstraints {
  private static final String NAME_CONSTRAINTS = "2.5.29.30";

  private NameConstraints() {}

  /** Returns why clients refuse a leaf below this CA, or null. */
  static @Nullable String refusal(X509Certificate authority, X509Certificate leaf) {
    byte[] extension = authority.getExtensionValue(NAME_CONSTRAINTS);
    if (extension == null) {
      return null;
    }
    String subject = CertificateDetails.subject(authority);
    try {
      var selector = new X509CertSelector();
      selector.setMatchAllSubjectAltNames(false);
      selector.setNameConstraints(ASN1OctetString.getInstance(extension).getOctets());
      return selector.match(leaf)
          ? null
          : "%s may not issue certificates with the names of %s (expected: names within its name constraints)"
              .formatted(subject, CertificateDetails.subject(leaf));
    } catch (IOException | IllegalArgumentException e) {
      return subject + " has malformed name constraints (expected: RFC 5280)";
    }
  }
}
