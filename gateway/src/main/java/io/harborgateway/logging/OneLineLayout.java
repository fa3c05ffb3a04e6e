package io.harborgateway.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import io.harborgateway.transport.Printable;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * The human-readable format of the program's log: {@code TIME LEVEL Class: message key="value"},
 * followed by a stack trace, if any. Whatever a peer has put into a message, value or exception, it
 * can't fake the beginning of an entry, or control the terminal that shows it.
 */
final class OneLineLayout extends LayoutBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** Limit of one message or value, in characters. */
  private static final int LONGEST = 8_000;

  @Override
  public String doLayout(ILoggingEvent event) {
    var line = new StringBuilder(200);
    TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    String level = event.getLevel().toString();
    line.append(' ').append(level).append(" ".repeat(6 - level.length()));
    String logger = event.getLoggerName();
    line.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(": ");
    line.append(Printable.of(event.getFormattedMessage(), LONGEST));
    List<KeyValuePair> values = event.getKeyValuePairs();
    if (values != null) {
      for (KeyValuePair pair : values) {
        line.append(' ').append(pair.key).append("=\"");
        line.append(Printable.of(String.valueOf(pair.value), LONGEST)).append('"');
      }
    }
    line.append('\n');
    if (event.getThrowableProxy() != null) {
      appendTrace(ThrowableProxyUtil.asString(event.getThrowableProxy()), line);
    }
    return line.toString();
  }

  /**
   * Indents every line with a tab, including those caused by a line break in an exception's
   * message.
   */
  private static void appendTrace(String trace, StringBuilder line) {
    trace
        .lines()
        .forEach(
            each -> line.append('\t').append(Printable.of(each.strip(), LONGEST)).append('\n'));
  }
}
