package io.harborgateway.tls;

import io.harborgateway.certs.ClientRefusal;
import io.harborgateway.certs.ClientRefusedException;
import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.pace.PacedLine;
import io.harborgateway.transport.Printable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Counts clients that are refused for their certificate, and names some of them in the log. */
final class ClientRefusals {
  private static final PacedLine REFUSED =
      new PacedLine(LoggerFactory.getLogger(ClientRefusals.class), Level.WARN);

  /** BoringSSL's error if a client has none. */
  private static final String NONE = "PEER_DID_NOT_RETURN_A_CERTIFICATE";

  /** BoringSSL's error if its key usage has no digitalSignature. */
  private static final String NO_SIGNATURE = "KEY_USAGE_BIT_INCORRECT";

  private ClientRefusals() {}

  /** Counts the failure of a handshake if the client's certificate is its cause. */
  static void count(Throwable failure, ListenerMeters meters) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof ClientRefusedException refused) {
        refused(refused.refusal().code(), Printable.of(refused.getMessage()), meters);
        return;
      }
      String message = String.valueOf(each.getMessage());
      if (message.contains(NONE)) {
        refused("missing", "it has shown none", meters);
        return;
      }
      if (message.contains(NO_SIGNATURE)) {
        refused(ClientRefusal.WRONG_USAGE.code(), "its key is not for signatures", meters);
        return;
      }
    }
  }

  private static void refused(String reason, String text, ListenerMeters meters) {
    meters.clientRefused(reason);
    REFUSED
        .line()
        .addKeyValue("listener", meters.listener())
        .addKeyValue("reason", reason)
        .log("a client is refused for its certificate: {}", text);
  }
}
