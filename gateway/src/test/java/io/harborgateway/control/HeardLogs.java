package io.harborgateway.control;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the loggers of a class say during a test. */
public final class HeardLogs implements AutoCloseable {
  private final Logger logger;
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

  private HeardLogs(Logger logger) {
    this.logger = logger;
    appender.list = new CopyOnWriteArrayList<>();
    appender.start();
    logger.addAppender(appender);
  }

  /** Begins to listen to the logger of this class. */
  public static HeardLogs of(Class<?> type) {
    return new HeardLogs((Logger) LoggerFactory.getLogger(type));
  }

  /** The messages so far, without key-value pairs. */
  public List<String> lines() {
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  /** The value of a key in each line so far that has it. */
  List<String> values(String key) {
    return appender.list.stream()
        .map(ILoggingEvent::getKeyValuePairs)
        .filter(Objects::nonNull)
        .flatMap(List::stream)
        .filter(pair -> pair.key.equals(key))
        .map(pair -> String.valueOf(pair.value))
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
  }
}
