package io.harborgateway.lifecycle;

import java.util.Map;

/** The connection to NATS was established or lost. */
public sealed interface BusEvent extends NodeEvent {
  /** Returns the URL, without a password. */
  String server();

  @Override
  default Map<String, Object> fields() {
    return EventFields.of("server", server()).map();
  }

  /** Connected, possibly to a different server than before. */
  record Connected(String server) implements BusEvent {
    public Connected {
      server = EventFields.text(server);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.BUS_CONNECTED;
    }

    @Override
    public String text() {
      return "NATS connected";
    }
  }

  /** The connection broke; reconnecting. */
  record Lost(String server) implements BusEvent {
    public Lost {
      server = EventFields.text(server);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.BUS_LOST;
    }

    @Override
    public String text() {
      return "NATS connection ended";
    }

    @Override
    public Severity severity() {
      return Severity.WARN;
    }
  }

  /** This process closed the connection: it is shutting down, or has switched to another one. */
  record Closed(String server) implements BusEvent {
    public Closed {
      server = EventFields.text(server);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.BUS_CLOSED;
    }

    @Override
    public String text() {
      return "NATS connection closed";
    }
  }
}
