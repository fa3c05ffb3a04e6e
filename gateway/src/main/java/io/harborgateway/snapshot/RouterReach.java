package io.harborgateway.snapshot;

import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.Finding;
import io.harborgateway.tls.TlsSettings;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether gorouter, as BOSH configures it, can connect: TLS 1.3 by Go's defaults, TLS 1.2 with two
 * suites, both with RSA; X25519 and the NIST curves.
 */
final class RouterReach {
  private static final List<String> SUITES =
      List.of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
  private static final List<String> GROUPS = List.of("X25519", "P-256", "P-384", "P-521");

  private RouterReach() {}

  /** Returns why routers can't connect to a listener with these settings, or null. */
  static @Nullable Finding refusal(CertificateSet certificates, TlsSettings settings) {
    if (Collections.disjoint(settings.groups(), GROUPS)) {
      return refusal(
          "with the groups %s only routers built with Go 1.24 or later can connect"
              .formatted(settings.groups()),
          "one of " + String.join(", ", GROUPS));
    }
    if (settings.versions().contains(TlsSettings.TLS_1_3)) {
      return null;
    }
    if (Collections.disjoint(settings.suites(), SUITES)) {
      return refusal(
          "without TLS 1.3, and with these suites, no router can connect by its defaults",
          "TLSv1.3, or one of " + String.join(", ", SUITES));
    }
    return certificates.all().stream().allMatch(each -> each.keyType().isEc())
        ? refusal(
            "without TLS 1.3, and without an RSA key, no router can connect by its defaults",
            "TLSv1.3, or a certificate with an RSA key")
        : null;
  }

  private static Finding refusal(String found, String expected) {
    return new Finding(
        Finding.Kind.NOT_FOR_ROUTERS, "%s (expected: %s)".formatted(found, expected));
  }
}
