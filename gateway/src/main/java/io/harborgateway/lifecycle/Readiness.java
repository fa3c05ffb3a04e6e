package io.harborgateway.lifecycle;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Whether this node should get traffic: all of its conditions are met and it does not drain.
 *
 * <p>Safe for use by any thread. Conditions come and go with what they are about; without any
 * condition only the drain decides.
 */
public final class Readiness {
  private final Clock clock;
  private final Drain drain;
  private final List<Condition> conditions = new CopyOnWriteArrayList<>();
  private final NodeEvents events;

  /**
   * @param events told of each transition of a condition
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
   * @param name what must hold, unique here
   * @param events what its transitions are
   * @throws IllegalArgumentException if {@code name} is registered already
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

  /** Forgets a condition, whose name can be registered again. */
  public synchronized void remove(Condition condition) {
    conditions.remove(condition);
  }

  /** True when every condition is met and the drain has not begun. */
  public boolean ready() {
    return !drain.draining() && conditions.stream().allMatch(each -> each.status().met());
  }

  /** True once the drain has begun: not ready then, whatever the conditions say. */
  public boolean draining() {
    return drain.draining();
  }

  /** How every condition stands, in the order of registration. Unmodifiable. */
  public List<ConditionStatus> snapshot() {
    return conditions.stream().map(Condition::status).toList();
  }
}
