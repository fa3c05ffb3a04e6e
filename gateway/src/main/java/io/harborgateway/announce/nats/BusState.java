package io.harborgateway.announce.nats;

import io.harborgateway.lifecycle.BusEvent;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.pace.KnownProblems;
import io.nats.client.Connection;
import io.nats.client.api.ServerInfo;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the connection to NATS: an event for each change, and a line in the log for each
 * different problem between two changes. NATS may be away for days; the log must not fill with it.
 */
final class BusState {
  private static final Logger LOG = LoggerFactory.getLogger(BusState.class);

  /** A server can say anything of what went wrong. */
  private static final int MAX_PROBLEM_LENGTH = 500;

  private final RegistrationMeters meters;
  private final NodeEvents events;
  private final KnownProblems logged = new KnownProblems();

  /** Guarded by {@code this}. From here on nothing is a problem any more. */
  private boolean closing;

  /** Guarded by {@code this}. Another bus counts. */
  private boolean retired;

  private volatile BusStatus status;

  BusState(String connectionName, RegistrationMeters meters, NodeEvents events) {
    this.status = new BusStatus(null, connectionName, 0, null, Instant.now(), null);
    this.meters = meters;
    this.events = events;
  }

  BusStatus status() {
    return status;
  }

  /**
   * Looks at {@code connection} (null: none) again; events of jnats can be late, it is not. So it
   * may be another connection already that is there, with no moment seen without one.
   */
  synchronized void refresh(@Nullable Connection connection) {
    BusStatus before = status;
    BusStatus now = statusOf(connection);
    String server = now.server();
    if (Objects.equals(before.server(), server)
        && before.clientId() == now.clientId()
        && Objects.equals(before.serverId(), now.serverId())) {
      return;
    }
    status = now;
    logged.worked();
    if (before.connected() != now.connected() && !retired) {
      meters.connected(now.connected());
    }
    if (server != null) {
      events.publish(new BusEvent.Connected(server));
    } else if (before.server() != null) {
      events.publish(
          closing ? new BusEvent.Closed(before.server()) : new BusEvent.Lost(before.server()));
    }
  }

  private BusStatus statusOf(@Nullable Connection connection) {
    String server = connectedServer(connection);
    ServerInfo info = server == null || connection == null ? null : connection.getServerInfo();
    return new BusStatus(
        server,
        status.connectionName(),
        info == null ? 0 : info.getClientId(),
        info == null ? null : info.getServerId(),
        Instant.now(),
        status.lastError());
  }

  /** Another connection takes its place: it counts no more, and will end. */
  synchronized void retire() {
    retired = true;
    closing = true;
  }

  /** The connection will end, because it shall. */
  synchronized void closing() {
    closing = true;
  }

  /** Something went wrong: {@code e}, or what it was caused by. */
  void problem(Exception e) {
    problem(describe(e));
  }

  synchronized void problem(String said) {
    String text = said.substring(0, Math.min(said.length(), MAX_PROBLEM_LENGTH));
    if (closing) {
      LOG.debug("NATS problem while closing: {}", text);
      return;
    }
    BusStatus before = status;
    status =
        new BusStatus(
            before.server(),
            before.connectionName(),
            before.clientId(),
            before.serverId(),
            before.since(),
            text);
    if (logged.isNew(text)) {
      LOG.atWarn()
          .addKeyValue("connected", before.connected())
          .addKeyValue("error", text)
          .log("NATS problem; traffic goes on, trying again");
    }
  }

  /** The innermost cause: jnats wraps what says why in what says little. */
  static String describe(Throwable problem) {
    Throwable cause = problem;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    String type = cause.getClass().getSimpleName();
    return message == null ? type : type + ": " + message;
  }

  private static @Nullable String connectedServer(@Nullable Connection connection) {
    if (connection == null || connection.getStatus() != Connection.Status.CONNECTED) {
      return null;
    }
    String url = connection.getConnectedUrl();
    return url == null ? "unknown" : url;
  }
}
