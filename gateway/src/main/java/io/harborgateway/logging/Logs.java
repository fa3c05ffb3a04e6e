package io.harborgateway.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.harborgateway.config.AccessLogConfig;
import io.harborgateway.config.LoggingConfig;
import io.harborgateway.config.values.AccessLogFormat;
import io.harborgateway.config.values.LogFormat;
import io.harborgateway.http.AccessLog;
import io.harborgateway.metrics.Meters;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs as configured: the program's log on standard output, and the access log. Each has a
 * thread that formats and writes from a bounded queue. When that is full, lines are dropped rather
 * than waited for: a stuck reader of standard output must not block anything.
 */
public final class Logs implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  private final LoggerContext context;
  private final ProgramLog program;
  private final @Nullable LogFile file; // the access log's
  private final @Nullable QueuedAccessLog access;

  private Logs(LoggerContext context, LoggingConfig logging) throws IOException {
    this.context = context;
    file = file(logging.accessLog()); // first: it may fail
    context.reset();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(logging.level().name()));
    program =
        new ProgramLog(
            started(context, logging.format() == LogFormat.JSON ? new JsonEncoder() : text()),
            new StandardOutput());
    program.setContext(context);
    program.start();
    root.addAppender(program);
    // Below warnings, libraries address their own developers.
    context.getLogger("io.netty").setLevel(Level.WARN);
    context.getLogger("io.nats").setLevel(Level.WARN);
    access = accessLog(logging.accessLog());
  }

  /**
   * Starts the logs.
   *
   * @throws IOException if the access log file can't be opened
   */
  public static Logs start(LoggingConfig logging) throws IOException {
    return new Logs((LoggerContext) LoggerFactory.getILoggerFactory(), logging);
  }

  /** Returns the logger of a class that reports the program's start and end. */
  public Logger program(Class<?> of) {
    return context.getLogger(of);
  }

  public AccessLog accessLog() {
    return access == null ? AccessLog.OFF : access;
  }

  private static @Nullable LogFile file(AccessLogConfig section) throws IOException {
    return section.file() == null || section.format() == AccessLogFormat.OFF
        ? null
        : LogFile.open(section.file());
  }

  private @Nullable QueuedAccessLog accessLog(AccessLogConfig section) {
    if (section.format() == AccessLogFormat.OFF) {
      return null;
    }
    var layout =
        section.format() == AccessLogFormat.JSON
            ? new AccessLogLayouts.Json()
            : new AccessLogLayouts.Combined();
    return new QueuedAccessLog(
        section.queueSize(), layout, file == null ? new StandardOutput() : file);
  }

  /** Reopens the access log file, for example after a rotation. For any thread. */
  public void reopen() {
    if (file != null && access != null) {
      file.reopen();
      access.queue().wake();
    }
  }

  /** Registers gauges of the lines lost by each log. */
  public void show(Meters meters) {
    meters.gauge("log.dropped", program.queue()::dropped);
  }

  /** Returns the program's log in the human-readable format, written by the logging threads. */
  static Appender<ILoggingEvent> textOnConsole(LoggerContext context) {
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setEncoder(started(context, text()));
    appender.start();
    return appender;
  }

  private static Encoder<ILoggingEvent> text() {
    var text = new LayoutWrappingEncoder<ILoggingEvent>();
    text.setLayout(new OneLineLayout());
    return text;
  }

  private static Encoder<ILoggingEvent> started(
      LoggerContext context, Encoder<ILoggingEvent> encoder) {
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  /** Writes waiting lines, for at most a second per log: its output may be stuck. */
  @Override
  public void close() {
    if (access != null && !access.queue().close(CLOSE_LIMIT)) {
      program(Logs.class).warn("the access log's last lines are lost: its output is stuck");
    }
    program.queue().close(CLOSE_LIMIT);
  }
}
