package io.harborgateway.control;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tries things again later, with at most one pending retry for each key, however often one is asked
 * for meanwhile. Confined to the thread of its executor.
 */
final class Retries<K> {
  private final ScheduledExecutorService executor;
  private final Duration delay;
  private final Set<K> pending = new HashSet<>();

  /**
   * @param executor has one thread
   */
  Retries(ScheduledExecutorService executor, Duration delay) {
    this.executor = executor;
    this.delay = delay;
  }

  Duration delay() {
    return delay;
  }

  /** Runs the task after the delay, unless one of this key is to run already. */
  void later(K key, Runnable task) {
    if (pending.add(key)) {
      Runnable retry =
          () -> {
            pending.remove(key); // first: the task may ask for the next one
            task.run();
          };
      executor.schedule(retry, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
