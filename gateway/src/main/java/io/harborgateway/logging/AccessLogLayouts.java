package io.harborgateway.logging;

import io.harborgateway.http.AccessLog;
import io.harborgateway.transport.NegotiatedTls;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The two formats of an access log line. They run on the log's own thread. */
final class AccessLogLayouts {
  private AccessLogLayouts() {}

  /** The format of a line. Used by one thread. */
  interface Layout {
    /**
     * Appends the line with its line break.
     *
     * @param time when the request ended, in milliseconds since 1970
     */
    void append(long time, AccessLog.Entry entry, LineBuffer into);
  }

  private static String nameOf(AccessLog.Retry retry) {
    return retry.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The combined format, followed by what a proxy adds:
   *
   * <pre>
   * CLIENT - - [TIME] "METHOD TARGET HTTP/1.N" STATUS SENT "REFERER" "AGENT"
   *   host=H listener=L instance=I received=N ms=T id=ID failure=CODE peer=ADDRESS [tls=VERSION,SUITE,GROUP,full|resumed] [retry=WHERE] [cert="SUBJECT"]
   * </pre>
   */
  static final class Combined implements Layout {
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final StringBuilder line = new StringBuilder(256);

    @Override
    public void append(long time, AccessLog.Entry entry, LineBuffer into) {
      line.setLength(0);
      escaped(entry.client(), line).append(" - - [");
      TIME.formatTo(Instant.ofEpochMilli(time), line);
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
      line.append(" peer=").append(entry.peer());
      NegotiatedTls tls = entry.tls();
      if (tls != null) {
        line.append(" tls=").append(tls.version()).append(',').append(tls.suite());
        line.append(',').append(orDash(tls.group()));
        line.append(tls.resumed() ? ",resumed" : ",full");
      }
      if (entry.retry() != null) {
        line.append(" retry=").append(nameOf(entry.retry()));
      }
      if (entry.certificate() != null) {
        escaped(entry.certificate(), line.append(" cert=\"")).append('"');
      }
      into.append(line.append('\n').toString());
    }

    private static String orDash(@Nullable String text) {
      return text == null ? "-" : text;
    }

    /**
     * Escapes quotes, backslashes and anything but visible ASCII as {@code \xNN}, so that one line
     * stays one.
     */
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

  /** One JSON object per line. */
  static final class Json implements Layout {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    @Override
    public void append(long time, AccessLog.Entry entry, LineBuffer into) {
      ObjectNode line = MAPPER.createObjectNode();
      line.put("time", Instant.ofEpochMilli(time).toString());
      line.put("listener", entry.listener());
      line.put("client", entry.client());
      line.put("peer", entry.peer());
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
      NegotiatedTls tls = entry.tls();
      if (tls != null) {
        line.put("tls_version", tls.version());
        line.put("tls_suite", tls.suite());
        put(line, "tls_group", tls.group());
        line.put("tls_resumed", tls.resumed());
      }
      put(line, "retry", entry.retry() == null ? null : nameOf(entry.retry()));
      put(line, "client_certificate", entry.certificate());
      into.writeBytes(MAPPER.writeValueAsBytes(line));
      into.write('\n');
    }

    private static void put(ObjectNode line, String key, @Nullable String value) {
      if (value != null) {
        line.put(key, value);
      }
    }
  }
}
