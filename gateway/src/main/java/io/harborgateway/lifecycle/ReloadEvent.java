package io.harborgateway.lifecycle;

import java.util.Map;

/** A reload of the configuration, or of files that it names, has ended. */
public sealed interface ReloadEvent extends NodeEvent {
  /** Returns what triggered it. */
  String trigger();

  /** Returns the generation of the configuration in force since then. */
  long generation();

  /** Returns the outcome as named in the metrics. */
  String outcome();

  /**
   * A new configuration is in force.
   *
   * @param changes number of lines that describe the changes
   * @param first the first of these lines
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

  /** The new configuration equals the old one. */
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
   * @param problems number of problems
   * @param first the first problem
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
