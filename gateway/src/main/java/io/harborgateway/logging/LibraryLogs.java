package io.harborgateway.logging;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/**
 * Redirects what libraries and the JDK itself log through java.util.logging to the program's log.
 * By default the logging threads would write it to standard error, and wait for its reader.
 *
 * <p>The JDK creates this when something first logs, which never happens in most runs, so startup
 * costs nothing.
 */
public final class LibraryLogs {
  /** Called by the JDK. */
  public LibraryLogs() throws IOException {
    String settings = "handlers=" + ToProgramLog.class.getName() + "\n.level=INFO\n";
    LogManager.getLogManager()
        .readConfiguration(new ByteArrayInputStream(settings.getBytes(StandardCharsets.UTF_8)));
  }

  /** Must be called before anything logs; a setting on the command line takes precedence. */
  public static void redirect() {
    if (System.getProperty("java.util.logging.config.file") == null) {
      System.setProperty("java.util.logging.config.class", LibraryLogs.class.getName());
    }
  }

  /** Passes each record on to the logger of the same name. */
  public static final class ToProgramLog extends Handler {
    /** Called by the JDK. */
    public ToProgramLog() {
      setFormatter(new SimpleFormatter());
    }

    @Override
    public void publish(LogRecord entry) {
      String name = entry.getLoggerName();
      LoggerFactory.getLogger(name == null || name.isEmpty() ? "java.util.logging" : name)
          .atLevel(level(entry.getLevel()))
          .setCause(entry.getThrown())
          .log(getFormatter().formatMessage(entry));
    }

    private static org.slf4j.event.Level level(Level level) {
      return level.intValue() >= Level.SEVERE.intValue()
          ? org.slf4j.event.Level.ERROR
          : level.intValue() >= Level.WARNING.intValue()
              ? org.slf4j.event.Level.WARN
              : level.intValue() >= Level.INFO.intValue()
                  ? org.slf4j.event.Level.INFO
                  : org.slf4j.event.Level.DEBUG;
    }

    @Override
    public void flush() {
      // The program's log writes on its own.
    }

    @Override
    public void close() {
      // Closed by whoever opened it.
    }
  }
}
