package io.harborgateway.lifecycle;

import java.util.Map;

/** An upstream has gone up or down. */
public sealed interface UpstreamEvent extends NodeEvent {
  /**
   * Returns the event for a transition of an upstream's condition.
   *
   * @param address see {@link Up}
   * @param failed see {@link Up}
   */
  static UpstreamEvent of(
      String listener,
      String upstream,
      String address,
      String failed,
      ConditionStatus now,
      boolean ready) {
    return now.met()
        ? new Up(listener, upstream, address, failed, ready)
        : new Down(listener, upstream, now.reason(), ready);
  }

  /** Returns the name of its listener, with {@code /GUID} if it is an instance's own. */
  String listener();

  /** Returns its {@code host:port}. */
  String upstream();

  @Override
  default String subject() {
    return listener() + " " + upstream();
  }

  /**
   * It answers.
   *
   * @param address the address that answered
   * @param failed why its other addresses did not answer, or empty
   * @param ready whether the node is ready since then
   */
  record Up(String listener, String upstream, String address, String failed, boolean ready)
      implements UpstreamEvent {
    public Up {
      listener = EventFields.text(listener);
      upstream = EventFields.text(upstream);
      address = EventFields.text(address);
      failed = EventFields.text(failed);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.UPSTREAM_UP;
    }

    @Override
    public String text() {
      return "upstream up";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("listener", listener)
          .with("upstream", upstream)
          .ifAny("address", address)
          .ifAny("failed", failed)
          .with("ready", ready)
          .map();
    }
  }

  /**
   * It does not answer, or not as expected; also published when the reason changes.
   *
   * @param ready whether the node is ready since then
   */
  record Down(String listener, String upstream, String reason, boolean ready)
      implements UpstreamEvent {
    public Down {
      listener = EventFields.text(listener);
      upstream = EventFields.text(upstream);
      reason = EventFields.text(reason);
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.UPSTREAM_DOWN;
    }

    @Override
    public String text() {
      return "upstream down";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("listener", listener)
          .with("upstream", upstream)
          .with("reason", reason)
          .with("ready", ready)
          .map();
    }
  }
}
