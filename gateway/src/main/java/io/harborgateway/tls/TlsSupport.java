package io.harborgateway.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.util.List;

/** What the native library supports, asked of the library itself. */
public final class TlsSupport {
  /**
   * The groups that there may be: the library has no list of its own. Draft versions are left out.
   */
  private static final List<String> CANDIDATES =
      List.of(
          "X25519MLKEM768",
          "SecP256r1MLKEM768",
          "SecP384r1MLKEM1024",
          "MLKEM1024",
          "X25519",
          "P-256",
          "P-384",
          "P-521",
          "X448");

  private TlsSupport() {}

  /** Returns the versions, the oldest first. */
  public static List<String> versions() {
    return List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");
  }

  /**
   * Returns the suites of TLS 1.2 and below by their IANA names, except those that need a key
   * shared in advance.
   */
  public static List<String> suites() {
    return OpenSsl.availableJavaCipherSuites().stream()
        .filter(suite -> suite.startsWith("TLS_") && suite.contains("_WITH_"))
        .filter(suite -> !suite.contains("PSK"))
        .toList();
  }

  /** Returns the groups, the newest first. */
  public static List<String> groups() {
    return CANDIDATES.stream().filter(TlsSupport::hasGroup).toList();
  }

  static boolean hasGroup(String name) {
    OpenSsl.ensureAvailability();
    long context = 0;
    try {
      context = SSLContext.make(SSL.SSL_PROTOCOL_ALL, SSL.SSL_MODE_SERVER);
      return SSLContext.setCurvesList(context, name);
    } catch (Exception e) {
      throw new IllegalStateException("the native TLS library makes no context", e);
    } finally {
      SSL.clearError(); // otherwise the next failure would be reported with this one's reason
      if (context != 0) {
        SSLContext.free(context);
      }
    }
  }
}
