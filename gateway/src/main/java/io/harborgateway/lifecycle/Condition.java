package io.harborgateway.lifecycle;

import java.time.Clock;
import java.util.function.Consumer;

/**
 * One named condition of {@link Readiness}, set by the part that knows. Any thread may set it. It
 * starts not met.
 */
public final class Condition {
  private final Clock clock;
  private final Consumer<ConditionStatus> changed;

  /**
   * Guarded by {@code this}, so that transitions are told in their order; read without the lock.
   */
  private volatile ConditionStatus status;

  Condition(String name, String reason, Clock clock, Consumer<ConditionStatus> changed) {
    this.clock = clock;
    this.changed = changed;
    this.status = new ConditionStatus(name, false, reason, clock.instant());
  }

  /** The condition holds. Nothing happens if it held already. */
  public void met() {
    become(true, "");
  }

  /**
   * The condition does not hold.
   *
   * @param reason why, for people; not empty. A reason that differs from the last is a transition.
   */
  public void notMet(String reason) {
    if (reason.isBlank()) {
      throw new IllegalArgumentException("reason: blank (expected: why it is not met)");
    }
    become(false, reason);
  }

  /** How it stands now. */
  public ConditionStatus status() {
    return status;
  }

  private synchronized void become(boolean met, String reason) {
    ConditionStatus before = status;
    if (before.met() == met && before.reason().equals(reason)) {
      return;
    }
    status =
        new ConditionStatus(
            before.name(), met, reason, before.met() == met ? before.since() : clock.instant());
    changed.accept(status);
  }
}
