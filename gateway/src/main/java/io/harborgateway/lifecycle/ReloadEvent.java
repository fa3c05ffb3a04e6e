package io.harborgateway.lifecycle;

import java.util.Map;

/** A reload of the configuration, or of files that it names, has ended. */
public sealed interface ReloadEvent extends NodeEvent {
  /** Returns what it was begun by. */
  String trigger();

  /** Returns the configuration that is in force since then. */
  long generation();

  /** Returns the outcome as the metrics name it. */
  String outcome();

  /**
   * Another configuration is in force.
   *
   * @param changes how many lines say what has changed
   * @param first of these lines
   */
  record Applied(String trigger, long generation, int changes, String first)
      implements ReloadEvent {
    public Applied {
      trigger = EventFields.text(trigger);
      first = EventFields.text(first);
    }

    @Override
    public String outcome() {
      return "applied";
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.RELOAD_APPLIED;
    }

    @Override
    public String text() {
      return "reload by " + trigger + ": applied";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("generation", generation)
          .with("changes", changes)
          .ifAny("first", first)
          .map();
    }
  }

  /** It says what the old one said. */
  record Unchanged(String trigger, long generation) implements ReloadEvent {
    public Unchanged {
      trigger = EventFields.text(trigger);
    }

    @Override
    public String outcome() {
      return "unchanged";
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.RELOAD_UNCHANGED;
    }

    @Override
    public String text() {
      return "reload by " + trigger + ": nothing has changed";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("generation", generation).map();
    }
  }

  /**
   * Nothing has changed: there are problems.
   *
   * @param problems how many
   * @param first of them
   */
  record Rejected(String trigger, long generation, int problems, String first)
      implements ReloadEvent {
    public Rejected {
      trigger = EventFields.text(trigger);
      first = EventFields.text(first);
    }

    @Override
    public String outcome() {
      return "rejected";
    }

    @Override
    public NodeEventKind kind() {
      return NodeEventKind.RELOAD_REJECTED;
    }

    @Override
    public String text() {
      return "reload by " + trigger + ": rejected; what was in force stays";
    }

    @Override
    public Map<String, Object> fields() {
      return EventFields.of("generation", generation)
          .with("problems", problems)
          .ifAny("first", first)
          .map();
    }

    @Override
    public Severity severity() {
      return Severity.ERROR;
    }
  }
}
