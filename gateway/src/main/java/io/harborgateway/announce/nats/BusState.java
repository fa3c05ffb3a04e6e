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
 * The state of the connection to NATS: emits an event for each change, and logs each distinct
 * problem once between two changes. NATS may be away for days, which must not fill the log.
 */
final class BusState {
  private static final Logger LOG = LoggerFactory.getLogger(BusState.class);

  /** A server's error can be arbitrarily long. */
  private static final int MAX_PROBLEM_LENGTH = 500;

  private final RegistrationMeters meters;
  private final NodeEvents events;
  private final KnownProblems logged = new KnownProblems();

  /** Guarded by {@code this}. Once set, nothing is reported as a problem. */
  private boolean closing;

  /** Guarded by {@code this}. Set once another bus has taken over. */
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
   * Looks at {@code connection} (null: none) again: jnats events can be late, its status is not. So
   * it may already be another connection, without a disconnect having been observed.
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

  /** Another connection takes over: this one no longer counts, and will be closed. */
  synchronized void retire() {
    retired = true;
    closing = true;
  }

  /** The connection is about to be closed on purpose. */
  synchronized void closing() {
    closing = true;
  }

  /** Reports a problem: {@code e}, or its cause. */
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

  /** Describes the innermost cause: jnats wraps the real reason in exceptions that say little. */
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
