package io.harborgateway.lifecycle;

import java.util.Map;

/** A port has begun or stopped accepting connections. */
public sealed interface ListenerEvent extends NodeEvent {
  /** Returns the event for a transition of a listener's condition. */
  static ListenerEvent of(String listener, String address, ConditionStatus now, boolean ready) {
    return now.met()
        ? new Bound(listener, address, ready)
        : new Unbound(listener, address, now.reason(), ready);
  }

  String listener();

  @Override
  default String subject() {
    return listener();
  }

  /**
   * The listener accepts connections.
   *
   * @param ready whether the node is ready since then
   */
  record Bound(String listener, String address, boolean ready) implements ListenerEvent {
    public Bound {
      listener = EventFields.text(listener);
      address = EventFields.text(address);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.LISTENER_BOUND;
    }

    @Override
    public String text() {
      return "listener bound";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("listener", listener)
          .with("address", address)
          .with("ready", ready)
          .map();
    }
  }

  /**
   * Connections are refused.
   *
   * @param ready whether the node is ready since then
   */
  record Unbound(String listener, String address, String reason, boolean ready)
      implements ListenerEvent {
    public Unbound {
      listener = EventFields.text(listener);
      address = EventFields.text(address);
      reason = EventFields.text(reason);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.LISTENER_UNBOUND;
    }

    @Override
    public String text() {
      return "listener not bound";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("listener", listener)
          .with("address", address)
          .with("reason", reason)
          .with("ready", ready)
          .map();
    }
  }
}
