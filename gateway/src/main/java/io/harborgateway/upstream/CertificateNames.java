package io.harborgateway.upstream;

import io.harborgateway.certs.CertificateDetails;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.DnsName;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import org.jspecify.annotations.Nullable;

/**
 * Checks that an upstream's certificate covers the expected server name (RFC 9525 section 6),
 * allowing underscores, which the JDK's own check rejects. For a certificate without any dNSName
 * the common name counts, as in the JDK.
 */
final class CertificateNames {
  private CertificateNames() {}

  /** Throws if the certificate does not cover the name. */
  static void check(X509Certificate certificate, String serverName) throws CertificateException {
    CertificateDetails details;
    try {
      details = CertificateDetails.of(certificate);
    } catch (CertificateProblem e) {
      throw new CertificateException(e.getMessage(), e);
    }
    boolean address =
        NetUtil.isValidIpV4Address(serverName) || NetUtil.isValidIpV6Address(serverName);
    List<String> names = names(certificate, details);
    boolean covered =
        address
            ? details.ipAddresses().stream().anyMatch(each -> isSame(each, serverName))
            : names.stream().anyMatch(each -> covers(each, serverName));
    if (!covered) {
      List<String> found = new ArrayList<>(names);
      found.addAll(details.ipAddresses());
      throw new UntrustedException(
          TlsFault.WRONG_NAME,
          "wrong name: the certificate is for %s (expected: %s)"
              .formatted(found.isEmpty() ? "no name" : String.join(", ", found), serverName));
    }
  }

  private static List<String> names(X509Certificate certificate, CertificateDetails details) {
    String commonName = details.names().isEmpty() ? commonName(certificate) : null;
    return commonName == null ? details.names() : List.of(commonName);
  }

  private static boolean covers(String name, String serverName) {
    try {
      return DnsName.parse(name).covers(serverName);
    } catch (CertificateProblem e) {
      return false; // not a host name
    }
  }

  private static boolean isSame(String address, String other) {
    try {
      return InetAddress.ofLiteral(address).equals(InetAddress.ofLiteral(other));
    } catch (IllegalArgumentException e) {
      return false; // not an address
    }
  }

  private static @Nullable String commonName(X509Certificate certificate) {
    try {
      return new LdapName(certificate.getSubjectX500Principal().getName())
          .getRdns().reversed().stream()
              .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
              .map(rdn -> rdn.getValue().toString().toLowerCase(Locale.ROOT))
              .findFirst()
              .orElse(null);
    } catch (InvalidNameException e) {
      return null;
    }
  }
}
