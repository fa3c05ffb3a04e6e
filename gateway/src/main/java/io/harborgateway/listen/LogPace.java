package io.harborgateway.listen;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps a line that a flood of connections would repeat from flooding the log: it is due the first
 * time, and then once a minute. Safe for use by any thread.
 */
final class LogPace {
  private static final long PACE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final AtomicLong last = new AtomicLong(System.nanoTime() - PACE_NANOS);

  /** Tells whether the line is due, and counts it as logged. */
  boolean isDue() {
    long now = System.nanoTime();
    long before = last.get();
    return now - before >= PACE_NANOS && last.compareAndSet(before, now);
  }
}
