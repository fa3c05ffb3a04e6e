package io.harborgateway.lifecycle;

import java.util.Map;

/** NATS comes, or goes. */
public sealed interface BusEvent extends NodeEvent {
  /** Returns the URL, without a password. */
  String server();

  @Override
  default Map<String, Object> fields() {
    return EventFields.of("server", server()).map();
  }

  /** Connected, perhaps to another server than a moment before. */
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

  /** The connection broke; the next is tried for. */
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

  /** The connection was closed by this process: it ends, or uses another one. */
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
