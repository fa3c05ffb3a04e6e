package io.harborgateway.pace;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.slf4j.spi.NOPLoggingEventBuilder;

/**
 * A rate-limited log line that others can trigger as often as they like: logged the first time,
 * then at most once a minute with the number of occurrences in between, as {@code suppressed}.
 * Thread-safe and lock-free.
 */
public final class PacedLine {
  static final long PACE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private final Level level;
  private final LongSupplier nanos;
  private final AtomicLong due;
  private final AtomicLong suppressed = new AtomicLong();

  public PacedLine(Logger log, Level level) {
    this(log, level, System::nanoTime);
  }

  /**
   * @param nanos a clock such as {@link System#nanoTime}
   */
  PacedLine(Logger log, Level level, LongSupplier nanos) {
    this.log = log;
    this.level = level;
    this.nanos = nanos;
    this.due = new AtomicLong(nanos.getAsLong());
  }

  /** Logs the text, if the line is due. */
  public void log(String text) {
    line().log("{}", text);
  }

  /**
   * Returns a builder for the line, to be completed and logged; if it is not due, one that logs
   * nothing.
   */
  public LoggingEventBuilder line() {
    long now = nanos.getAsLong();
    long at = due.get();
    if (now - at < 0 || !due.compareAndSet(at, now + PACE_NANOS)) {
      suppressed.incrementAndGet();
      return NOPLoggingEventBuilder.singleton();
    }
    long left = suppressed.getAndSet(0);
    LoggingEventBuilder line = log.atLevel(level);
    return left > 0 ? line.addKeyValue("suppressed", left) : line;
  }
}
