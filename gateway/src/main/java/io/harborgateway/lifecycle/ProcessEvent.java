package io.harborgateway.lifecycle;

import java.util.Map;

/** The process begins, or ends. */
public sealed interface ProcessEvent extends NodeEvent {
  /**
   * It has read its configuration, and binds.
   *
   * @param admin where the admin endpoint is
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

  /** Every upstream was checked, or was waited for long enough. */
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

  /** All is closed. */
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
