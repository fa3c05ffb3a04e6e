package io.harborgateway.announce.nats;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of the connection to NATS.
 *
 * @param server the server it is connected to; null: not connected
 * @param connectionName name under which the servers list this client
 * @param clientId the server's number for this connection; 0: not connected
 * @param serverId the server's own id; null: not connected
 * @param since time at which it was connected or lost, or the first attempt began
 * @param lastError the last problem of this or an earlier connection; null: none
 */
public record BusStatus(
    @Nullable String server,
    String connectionName,
    long clientId,
    @Nullable String serverId,
    Instant since,
    @Nullable String lastError) {

  public boolean connected() {
    return server != null;
  }

  /** Returns a copy with another error. */
  BusStatus withError(String error) {
    return new BusStatus(server, connectionName, clientId, serverId, since, error);
  }
}
