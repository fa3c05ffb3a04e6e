package io.harborgateway.app;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.harborgateway.config.AccessLogFormat;
import io.harborgateway.config.LogFormat;
import io.harborgateway.config.Logging;
import io.harborgateway.http.AccessLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs, set up from the configuration: those of the program on standard output, and the access
 * log, which a thread of its own formats and writes from a bounded queue. When that is full, lines
 * are dropped, never waited for.
 */
final class Logs implements AutoCloseable {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level %logger{0}: %msg %kvp%n";

  private final LoggerContext context;
  private final AccessLog accessLog;

  private Logs(LoggerContext context, Logging logging) {
    this.context = context;
    context.reset();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(logging.level().name()));
    root.addAppender(
        logging.format() == LogFormat.JSON
            ? started(context, new ConsoleAppender<>(), new JsonEncoder())
            : textOnConsole(context));
    // Below warnings, libraries speak to their own developers.
    context.getLogger("io.netty").setLevel(Level.WARN);
    context.getLogger("io.nats").setLevel(Level.WARN);
    accessLog = accessLog(logging.accessLog());
  }

  static Logs start(Logging logging) {
    return new Logs((LoggerContext) LoggerFactory.getILoggerFactory(), logging);
  }

  /** Returns the logger of the program's start and end. */
  Logger program() {
    return context.getLogger(Gateway.class);
  }

  AccessLog accessLog() {
    return accessLog;
  }

  private AccessLog accessLog(io.harborgateway.config.AccessLog section) {
    if (section.format() == AccessLogFormat.OFF) {
      return AccessLog.OFF;
    }
    var layout =
        section.format() == AccessLogFormat.JSON
            ? new AccessLogLayouts.Json()
            : new AccessLogLayouts.Combined();
    var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
    encoder.setLayout(layout);
    OutputStreamAppender<ILoggingEvent> target;
    if (section.file() == null) {
      target = new ConsoleAppender<>();
    } else {
      var file = new FileAppender<ILoggingEvent>();
      file.setFile(section.file().toString());
      target = file;
    }
    var queue = new AsyncAppender();
    queue.setContext(context);
    queue.setName("access");
    queue.setQueueSize(section.queueSize());
    queue.setDiscardingThreshold(0);
    queue.setNeverBlock(true);
    queue.addAppender(started(context, target, encoder));
    queue.start();
    var logger = context.getLogger("access");
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(queue);
    return new QueuedAccessLog(logger, queue);
  }

  /** The program's log in the form for people. */
  static Appender<ILoggingEvent> textOnConsole(LoggerContext context) {
    var text = new PatternLayoutEncoder();
    text.setPattern(PATTERN);
    return started(context, new ConsoleAppender<>(), text);
  }

  private static Appender<ILoggingEvent> started(
      LoggerContext context,
      OutputStreamAppender<ILoggingEvent> appender,
      Encoder<ILoggingEvent> encoder) {
    encoder.setContext(context);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }

  /** Writes what waits, and closes. */
  @Override
  public void close() {
    context.stop();
  }
}
