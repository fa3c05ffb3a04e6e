package io.harborgateway.app;

import ch.qos.logback.classic.AsyncAppender;
import io.harborgateway.http.AccessLog;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;

/** The access log behind a bounded queue, which drops and counts what does not fit. */
final class QueuedAccessLog implements AccessLog {
  private final Logger logger;
  private final AsyncAppender queue;
  private final LongAdder dropped = new LongAdder();

  /**
   * Makes the log.
   *
   * @param logger has {@code queue} as its only appender
   */
  QueuedAccessLog(Logger logger, AsyncAppender queue) {
    this.logger = logger;
    this.queue = queue;
  }

  @Override
  public void log(Entry entry) {
    // The appender itself drops silently what comes between this look and its own.
    if (queue.getRemainingCapacity() == 0) {
      dropped.increment();
    } else {
      logger.info("access", entry);
    }
  }

  @Override
  public long dropped() {
    return dropped.sum();
  }
}
