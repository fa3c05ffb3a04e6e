package io.harborgateway.lifecycle;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Whether this node should get traffic: all its conditions are met and it is not draining.
 *
 * <p>Thread-safe. Conditions come and go with their subjects; without any, only the drain decides.
 */
public final class Readiness {
  private final Clock clock;
  private final Drain drain;
  private final List<Condition> conditions = new CopyOnWriteArrayList<>();
  private final NodeEvents events;

  /**
   * @param events notified of each transition of a condition
   */
  public Readiness(Drain drain, NodeEvents events) {
    this(drain, events, Clock.systemUTC());
  }

  Readiness(Drain drain, NodeEvents events, Clock clock) {
    this.drain = drain;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Registers a condition, which starts not met.
   *
   * @param name unique name of what must hold
   * @param events maps its transitions to events
   * @throws IllegalArgumentException if {@code name} is already registered
   */
  public synchronized Condition condition(String name, ConditionEvents events) {
    if (conditions.stream().anyMatch(other -> other.status().name().equals(name))) {
      throw new IllegalArgumentException("condition: \"" + name + "\" twice (expected: once)");
    }
    Condition condition =
        new Condition(
            name,
            "not checked yet",
            clock,
            status -> this.events.publish(events.of(status, ready())));
    conditions.add(condition);
    return condition;
  }

  /** Removes a condition, whose name can then be registered again. */
  public synchronized void remove(Condition condition) {
    conditions.remove(condition);
  }

  /** True when every condition is met and the drain has not begun. */
  public boolean ready() {
    return !drain.draining() && conditions.stream().allMatch(each -> each.status().met());
  }

  /** True once the drain has begun: then the node is not ready, whatever the conditions say. */
  public boolean draining() {
    return drain.draining();
  }

  /** The status of every condition, in the order of registration. Unmodifiable. */
  public List<ConditionStatus> snapshot() {
    return conditions.stream().map(Condition::status).toList();
  }
}
