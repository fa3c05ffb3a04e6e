package io.harborgateway.certs;

import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.TreeSet;

/**
 * Critical extensions that clients process. A client must reject a certificate with a critical
 * extension it does not recognize (RFC 5280 section 4.2); recognized are those that certificate
 * verification in Go (gorouter) or BoringSSL handles.
 */
final class CriticalExtensions {
  private static final Set<String> KNOWN =
      Set.of(
          "2.5.29.14", // subjectKeyIdentifier
          "2.5.29.15", // keyUsage
          "2.5.29.17", // subjectAltName
          "2.5.29.19", // basicConstraints
          "2.5.29.30", // nameConstraints
          "2.5.29.31", // cRLDistributionPoints
          "2.5.29.32", // certificatePolicies
          "2.5.29.33", // policyMappings
          "2.5.29.35", // authorityKeyIdentifier
          "2.5.29.36", // policyConstraints
          "2.5.29.37", // extKeyUsage
          "2.5.29.54", // inhibitAnyPolicy
          "1.3.6.1.5.5.7.1.1"); // authorityInfoAccess

  private CriticalExtensions() {}

  /** Returns the object identifiers of those that clients do not recognize, sorted. */
  static Set<String> unknown(X509Certificate certificate) {
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    Set<String> unknown = new TreeSet<>(critical == null ? Set.of() : critical);
    unknown.removeAll(KNOWN);
    return unknown;
  }
}
