package io.harborgateway.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;

/**
 * The program's log behind a bounded queue. Logback's own asynchronous appender dies with an error
 * of its target, drops without counting, and waits for its target when it is stopped.
 */
final class ProgramLog extends UnsynchronizedAppenderBase<ILoggingEvent> {
  /** Far more than starting or draining a hundred instances logs at once. */
  static final int CAPACITY = 2048;

  private static final int EVENT_BYTES = 512;
  private static final int TRACE_BYTES = 16 * 1024;

  private final LineQueue<ILoggingEvent> queue;

  /**
   * @param encoder encoder, already started
   */
  ProgramLog(Encoder<ILoggingEvent> encoder, LogTarget target) {
    queue =
        new LineQueue<>(
            "log",
            CAPACITY,
            ProgramLog::bytes,
            new LineQueue.Output<>() {
              @Override
              public void format(ILoggingEvent line, LineBuffer into) {
                into.writeBytes(encoder.encode(line));
              }

              @Override
              public void write(LineBuffer lines) throws IOException {
                target.write(lines.bytes());
              }
            });
  }

  private static int bytes(ILoggingEvent event) {
    return EVENT_BYTES
        + event.getFormattedMessage().length()
        + (event.getThrowableProxy() == null ? 0 : TRACE_BYTES);
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    queue.offer(event);
  }

  LineQueue<?> queue() {
    return queue;
  }
}
