package io.harborgateway.lifecycle;

/** Says what the transitions of a {@link Condition} are. */
public interface ConditionEvents {
  /**
   * Returns the event.
   *
   * @param ready whether the node is, since then
   */
  NodeEvent of(ConditionStatus now, boolean ready);
}
