package io.harborgateway.announce.nats;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * A task that others can ask for as often as they like: it runs at once the first time, and then
 * once in each pause for all who asked meanwhile. Safe for use by any thread.
 */
final class PacedTask {
  /** Runs a task later, on one thread. */
  interface Scheduler {
    void later(Runnable task, Duration delay);
  }

  private final Runnable task;
  private final Duration pause;
  private final Scheduler scheduler;
  private final LongSupplier nanos;
  private final AtomicBoolean requested = new AtomicBoolean();
  private volatile long notBefore;

  /**
   * @param pause between the starts of two runs, at least
   * @param nanos a clock such as {@link System#nanoTime}
   */
  PacedTask(Runnable task, Duration pause, Scheduler scheduler, LongSupplier nanos) {
    this.task = task;
    this.pause = pause;
    this.scheduler = scheduler;
    this.nanos = nanos;
    this.notBefore = nanos.getAsLong();
  }

  /**
   * Has the task run, unless a run that was asked for before is still to begin.
   *
   * @param delay to wait even if the last run was long ago
   */
  void request(Duration delay) {
    if (requested.compareAndSet(false, true)) {
      Duration left = Duration.ofNanos(Math.max(0, notBefore - nanos.getAsLong()));
      scheduler.later(this::run, left.compareTo(delay) > 0 ? left : delay);
    }
  }

  private void run() {
    notBefore = nanos.getAsLong() + pause.toNanos();
    requested.set(false); // first: who asks from here on wants another run
    task.run();
  }
}
