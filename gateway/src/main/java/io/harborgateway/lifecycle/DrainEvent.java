package io.harborgateway.lifecycle;

import java.util.Map;

/**
 * A drain has entered another phase.
 *
 * @param connections number of client connections open at that time
 */
public record DrainEvent(Phase phase, long connections) implements NodeEvent {
  /** The phase of a drain. */
  public enum Phase {
    BEGUN("draining begins"),
    ROUTES_WITHDRAWN("draining: routes withdrawn, still accepting"),
    LISTENERS_CLOSED("draining: listeners closed, waiting for what is in flight"),
    DONE("draining: nothing is in flight any more"),
    TIMED_OUT("draining: the time is up"),
    UNDONE("drain undone: serving again"),
    HANDED_OVER("another process has taken over: finishing what is in flight");

    private final String text;

    Phase(String text) {
      this.text = text;
    }
  }

  @Override
  public NodeEventKind kind() {
    return NodeEventKind.DRAIN_PHASE;
  }

  @Override
  public String text() {
    return phase.text;
  }

  @Override
  public Map<String, Object> fields() {
    return EventFields.of("phase", phase.name()).with("connections", connections).map();
  }

  @Override
  public Severity severity() {
    return phase == Phase.TIMED_OUT ? Severity.WARN : Severity.INFO;
  }
}
