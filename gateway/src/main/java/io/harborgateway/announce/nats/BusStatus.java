package io.harborgateway.announce.nats;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the connection to NATS stood at one moment.
 *
 * @param server the server it is connected to; null: not connected
 * @param connectionName how the servers list this client
 * @param clientId the server's number of this connection; 0: not connected
 * @param serverId the server's own id; null: not connected
 * @param since when it was connected, or was lost, or began to be looked for
 * @param lastError the last thing that went wrong, of this or of an earlier connection; null: none
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

  /** The same with another error. */
  BusStatus withError(String error) {
    return new BusStatus(server, connectionName, clientId, serverId, since, error);
  }
}
