package io.harborgateway.certs;

import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;

/** Where a certificate says that its issuer's can be found (RFC 5280 section 4.2.2.1). */
final class IssuerAddress {
  private static final String AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";

  private IssuerAddress() {}

  /** Returns the first URI, or null if there is none that can be read. */
  static @Nullable String of(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(AUTHORITY_INFO_ACCESS);
    return extension == null ? null : uri(extension);
  }

  private static @Nullable String uri(byte[] extension) {
    try {
      var access =
          AuthorityInformationAccess.getInstance(
              ASN1OctetString.getInstance(extension).getOctets());
      for (AccessDescription each : access.getAccessDescriptions()) {
        if (AccessDescription.id_ad_caIssuers.equals(each.getAccessMethod())
            && each.getAccessLocation().getTagNo() == GeneralName.uniformResourceIdentifier) {
          return each.getAccessLocation().getName().toString();
        }
      }
      return null;
    } catch (IllegalArgumentException e) {
      return null; // malformed: nobody else needs it
    }
  }
}
