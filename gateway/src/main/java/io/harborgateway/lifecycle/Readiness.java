package io.harborgateway.lifecycle;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this node should get traffic: all of its conditions are met and it does not drain.
 *
 * <p>Safe for use by any thread. Conditions come and go with what they are about; without any
 * condition only the drain decides.
 */
public final class Readiness {
  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  private final Clock clock;
  private final Drain drain;
  private final List<Condition> conditions = new CopyOnWriteArrayList<>();
  private final Listeners<ConditionStatus> listeners = new Listeners<>();

  public Readiness(Drain drain) {
    this(drain, Clock.systemUTC());
  }

  Readiness(Drain drain, Clock clock) {
    this.drain = drain;
    this.clock = clock;
  }

  /**
   * Registers a condition, which starts not met.
   *
   * @param name what must hold, unique here
   * @throws IllegalArgumentException if {@code name} is registered already
   */
  public synchronized Condition condition(String name) {
    if (conditions.stream().anyMatch(other -> other.status().name().equals(name))) {
      throw new IllegalArgumentException("condition: \"" + name + "\" twice (expected: once)");
    }
    Condition condition = new Condition(name, "not checked yet", clock, this::changed);
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

  /**
   * Calls {@code listener} after each transition of a condition, on the thread that set it and in
   * the order of that condition's transitions. It should return soon, and set no condition.
   */
  public void onTransition(Consumer<ConditionStatus> listener) {
    listeners.add(listener);
  }

  private void changed(ConditionStatus status) {
    LOG.atInfo()
        .addKeyValue("condition", status.name())
        .addKeyValue("met", status.met())
        .addKeyValue("reason", status.reason())
        .addKeyValue("ready", ready())
        .log("readiness condition changed");
    listeners.tell(status);
  }
}
