package io.harborgateway.lifecycle;

import java.util.Map;

/** The process is starting, has started, or has stopped. */
public sealed interface ProcessEvent extends NodeEvent {
  /**
   * It has read its configuration and begins to bind.
   *
   * @param admin address of the admin endpoint
   */
  record Starting(String version, String transport, int eventLoops, String admin, int instances)
      implements ProcessEvent {
    public Starting {
      version = EventFields.text(version);
      transport = EventFields.text(transport);
      admin = EventFields.text(admin);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.NODE_STARTING;
    }

    @Override
    public String text() {
      return "gateway starting";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("version", version)
          .with("transport", transport)
          .with("eventLoops", eventLoops)
          .with("admin", admin)
          .with("instances", instances)
          .map();
    }
  }

  /** Every upstream has been checked or has timed out. */
  record Started(boolean ready) implements ProcessEvent {
    @Override
    public NodeEventKind kind() {
      return NodeEventKind.NODE_STARTED;
    }

    @Override
    public String text() {
      return "gateway started";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("ready", ready).map();
    }
  }

  /** Everything is closed. */
  record Stopped() implements ProcessEvent {
    @Override
    public NodeEventKind kind() {
      return NodeEventKind.NODE_STOPPED;
    }

    @Override
    public String text() {
      return "gateway stopped";
    }

    @Override
    public Map<String, Object> fields() {
      return Map.of();
    }
  }
}
