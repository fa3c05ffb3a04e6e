package io.harborgateway.listen;

import java.util.concurrent.TimeUnit;

/**
 * Keeps a line that a flood of connections would repeat from flooding the log: it is due the first
 * time, and then once a minute. Confined to one event loop.
 */
final class LogPace {
  private static final long PACE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private boolean begun;
  private long last;

  /** Tells whether the line is due, and counts it as logged. */
  boolean isDue() {
    long now = System.nanoTime();
    boolean due = !begun || now - last >= PACE_NANOS;
    if (due) {
      begun = true;
      last = now;
    }
    return due;
  }
}
