package io.harborgateway.lifecycle;

import java.time.Clock;
import java.util.function.Consumer;

/**
 * One named condition of {@link Readiness}, set by the part responsible for it, on any thread.
 * Initially not met.
 */
public final class Condition {
  private final Clock clock;
  private final Consumer<ConditionStatus> changed;

  /** Guarded by {@code this}, so that transitions are reported in order; read without the lock. */
  private volatile ConditionStatus status;

  Condition(String name, String reason, Clock clock, Consumer<ConditionStatus> changed) {
    this.clock = clock;
    this.changed = changed;
    this.status = new ConditionStatus(name, false, reason, clock.instant());
  }

  /** Marks the condition as met. Does nothing if it already is. */
  public void met() {
    become(true, "");
  }

  /**
   * Marks the condition as not met.
   *
   * @param reason human-readable, not empty. A changed reason is a transition, too.
   */
  public void notMet(String reason) {
    if (reason.isBlank()) {
      throw new IllegalArgumentException("reason: blank (expected: why it is not met)");
    }
    become(false, reason);
  }

  /** The current status. */
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
