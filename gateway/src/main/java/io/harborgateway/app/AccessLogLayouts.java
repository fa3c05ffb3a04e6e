package io.harborgateway.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import io.harborgateway.http.AccessLog;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The two forms of an access log line. They run on the log's own thread. */
final class AccessLogLayouts {
  private AccessLogLayouts() {}

  private static AccessLog.Entry entry(ILoggingEvent event) {
    return (AccessLog.Entry) event.getArgumentArray()[0];
  }

  private static String nameOf(AccessLog.Retry retry) {
    return retry.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The combined format, then what a proxy has to add:
   *
   * <pre>
   * CLIENT - - [TIME] "METHOD TARGET HTTP/1.N" STATUS SENT "REFERER" "AGENT"
   *   host=H listener=L instance=I received=N ms=T id=ID failure=CODE [retry=WHERE]
   * </pre>
   */
  static final class Combined extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Override
    public String doLayout(ILoggingEvent event) {
      AccessLog.Entry entry = entry(event);
      var line = new StringBuilder(256);
      line.append(entry.client()).append(" - - [");
      TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
      line.append("] \"");
      if (entry.method() == null) {
        line.append('-');
      } else {
        escaped(entry.method(), line).append(' ');
        escaped(entry.target(), line).append(" HTTP/1.").append(entry.minorVersion());
      }
      line.append("\" ").append(entry.status()).append(' ').append(entry.sentBytes());
      escaped(entry.referer(), line.append(" \"")).append("\" \"");
      escaped(entry.userAgent(), line).append("\" host=");
      escaped(entry.host(), line).append(" listener=").append(entry.listener());
      line.append(" instance=").append(orDash(entry.instance()));
      line.append(" received=").append(entry.receivedBytes());
      line.append(" ms=").append(TimeUnit.NANOSECONDS.toMillis(entry.nanos()));
      line.append(" id=").append(orDash(entry.requestId()));
      line.append(" failure=").append(orDash(entry.failure()));
      if (entry.retry() != null) {
        line.append(" retry=").append(nameOf(entry.retry()));
      }
      return line.append('\n').toString();
    }

    private static String orDash(@Nullable String text) {
      return text == null ? "-" : text;
    }

    /** Quotes, backslashes and what is no visible ASCII become {@code \xNN}: one line stays one. */
    private static StringBuilder escaped(@Nullable String text, StringBuilder line) {
      if (text == null) {
        return line.append('-');
      }
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c < ' ' || c > '~' || c == '"' || c == '\\') {
          line.append("\\x").append(Integer.toHexString(0x100 | c), 1, 3);
        } else {
          line.append(c);
        }
      }
      return line;
    }
  }

  /** One JSON object a line. */
  static final class Json extends LayoutBase<ILoggingEvent> {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    @Override
    public String doLayout(ILoggingEvent event) {
      AccessLog.Entry entry = entry(event);
      ObjectNode line = MAPPER.createObjectNode();
      line.put("time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
      line.put("listener", entry.listener());
      line.put("client", entry.client());
      put(line, "instance", entry.instance());
      put(line, "method", entry.method());
      put(line, "target", entry.target());
      put(line, "host", entry.host());
      line.put("version", "1." + entry.minorVersion());
      line.put("status", entry.status());
      line.put("received_bytes", entry.receivedBytes());
      line.put("sent_bytes", entry.sentBytes());
      line.put("duration_ms", entry.nanos() / 1e6);
      put(line, "referer", entry.referer());
      put(line, "user_agent", entry.userAgent());
      put(line, "request_id", entry.requestId());
      put(line, "failure", entry.failure());
      put(line, "retry", entry.retry() == null ? null : nameOf(entry.retry()));
      return MAPPER.writeValueAsString(line) + "\n";
    }

    private static void put(ObjectNode line, String key, @Nullable String value) {
      if (value != null) {
        line.put(key, value);
      }
    }
  }
}
