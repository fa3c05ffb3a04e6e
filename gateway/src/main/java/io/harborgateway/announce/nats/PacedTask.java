package io.harborgateway.announce.nats;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * A rate-limited task that may be requested as often as one likes: it runs at once the first time,
 * then at most once per pause for all requests in between. Thread-safe.
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
   * @param pause least time between the starts of two runs
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
   * Requests a run, unless an earlier request is still pending.
   *
   * @param delay least wait, even if the last run was long ago
   */
  void request(Duration delay) {
    if (requested.compareAndSet(false, true)) {
      Duration left = Duration.ofNanos(Math.max(0, notBefore - nanos.getAsLong()));
      scheduler.later(this::run, left.compareTo(delay) > 0 ? left : delay);
    }
  }

  private void run() {
    notBefore = nanos.getAsLong() + pause.toNanos();
    requested.set(false); // first: a request from here on needs another run
    task.run();
  }
}
