package io.harborgateway.control;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Schedules retries, with at most one pending per key, however often it is requested. Confined to
 * its executor's thread.
 */
final class Retries<K> {
  private final ScheduledExecutorService executor;
  private final Duration delay;
  private final Set<K> pending = new HashSet<>();

  /**
   * @param executor single-threaded
   */
  Retries(ScheduledExecutorService executor, Duration delay) {
    this.executor = executor;
    this.delay = delay;
  }

  Duration delay() {
    return delay;
  }

  /** Runs the task after the delay, unless one for this key is already pending. */
  void later(K key, Runnable task) {
    if (pending.add(key)) {
      Runnable retry =
          () -> {
            pending.remove(key); // first: the task may request the next one
            task.run();
          };
      executor.schedule(retry, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
