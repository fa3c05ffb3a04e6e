package io.harborgateway.lifecycle;

/** Maps transitions of a {@link Condition} to events. */
public interface ConditionEvents {
  /**
   * Returns the event.
   *
   * @param ready whether the node is ready since then
   */
  NodeEvent of(ConditionStatus now, boolean ready);
}
