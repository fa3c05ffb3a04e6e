package io.harborgateway.logging;

import io.harborgateway.http.AccessLog;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The access log behind a bounded queue, which drops and counts entries that do not fit. */
final class QueuedAccessLog implements AccessLog {
  /** Heap size of an entry with all its objects, without its texts. */
  private static final int ENTRY_BYTES = 256;

  private final LineQueue<Logged> queue;

  /**
   * An entry with its time.
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
   * Creates the log.
   *
   * @param capacity number of lines that may wait
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
