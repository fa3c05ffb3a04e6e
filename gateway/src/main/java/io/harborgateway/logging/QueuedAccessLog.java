package io.harborgateway.logging;

import io.harborgateway.http.AccessLog;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The access log behind a bounded queue, which drops and counts what does not fit. */
final class QueuedAccessLog implements AccessLog {
  /** An entry with all its objects, beside its texts. */
  private static final int ENTRY_BYTES = 256;

  private final LineQueue<Logged> queue;

  /**
   * An entry, and when it was made.
   *
   * @param time in milliseconds since 1970
   */
  private record Logged(long time, Entry entry) {
    private int bytes() {
      return ENTRY_BYTES
          + length(entry.target())
          + length(entry.host())
          + length(entry.userAgent())
          + length(entry.referer())
          + length(entry.requestId());
    }

    private static int length(@Nullable String text) {
      return text == null ? 0 : text.length();
    }
  }

  /**
   * Makes the log.
   *
   * @param capacity in lines that wait
   */
  QueuedAccessLog(int capacity, AccessLogLayouts.Layout layout, LogTarget target) {
    queue =
        new LineQueue<>(
            "access log",
            capacity,
            Logged::bytes,
            new LineQueue.Output<>() {
              @Override
              public void format(Logged line, LineBuffer into) {
                layout.append(line.time(), line.entry(), into);
              }

              @Override
              public void write(LineBuffer lines) throws IOException {
                target.write(lines.bytes());
              }
            });
  }

  @Override
  public void log(Entry entry) {
    queue.offer(new Logged(System.currentTimeMillis(), entry));
  }

  @Override
  public long dropped() {
    return queue.dropped();
  }

  LineQueue<?> queue() {
    return queue;
  }
}
