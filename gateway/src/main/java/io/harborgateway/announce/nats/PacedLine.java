package io.harborgateway.announce.nats;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A line of the log that others can cause as often as they like: logged the first time, then once a
 * minute with the number of those in between. Safe for use by any thread.
 */
final class PacedLine {
  static final long PACE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private final Level level;
  private final LongSupplier nanos;
  private boolean begun; // guarded by this, as the next two
  private long last;
  private long suppressed;

  /**
   * @param nanos a clock such as {@link System#nanoTime}
   */
  PacedLine(Logger log, Level level, LongSupplier nanos) {
    this.log = log;
    this.level = level;
    this.nanos = nanos;
  }

  void log(String text) {
    long left;
    synchronized (this) {
      long now = nanos.getAsLong();
      if (begun && now - last < PACE_NANOS) {
        suppressed++;
        return;
      }
      begun = true;
      last = now;
      left = suppressed;
      suppressed = 0;
    }
    LoggingEventBuilder line = log.atLevel(level);
    if (left > 0) {
      line = line.addKeyValue("suppressed", left);
    }
    line.log("{}", text);
  }
}
