package io.harborgateway.http.h1;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects the parts of a received buffer that are passed on: a slice while they are contiguous, a
 * copy once something in between is left out or rewritten. So a body of large chunks is never
 * copied, and one of tiny chunks does not become one buffer per chunk. Confined to one event loop.
 */
final class BodyPiece {
  /** Least length of a run that is worth a slice, in bytes. */
  static final int MIN_SLICE = 1024;

  private @Nullable ByteBuf in;
  private @Nullable ByteBuf copy; // owned; what precedes the run
  private int runStart;
  private int runEnd;

  /** Begins a piece of {@code received}, which remains the caller's. */
  void begin(ByteBuf received) {
    in = received;
    runStart = received.readerIndex();
    runEnd = runStart;
  }

  /** Returns whether bytes from index {@code at} on can be added without a copy. */
  boolean continuesAt(int at) {
    return copy == null && (runEnd == at || runEnd == runStart);
  }

  /**
   * Returns whether the piece ends with a run large enough to be passed on before more is added.
   */
  boolean isLarge() {
    return runEnd - runStart >= MIN_SLICE;
  }

  /** Adds the bytes at {@code [start, end)} of the received buffer. */
  void keep(int start, int end) {
    if (start != runEnd) {
      if (runEnd > runStart) {
        writer();
      }
      runStart = start;
    }
    runEnd = end;
  }

  /** Returns a buffer in which to write bytes that are not in the received buffer. */
  ByteBuf writer() {
    ByteBuf received = Objects.requireNonNull(in);
    ByteBuf out = copy;
    if (out == null) {
      out = received.alloc().directBuffer(256);
      copy = out;
    }
    out.writeBytes(received, runStart, runEnd - runStart);
    runStart = runEnd;
    return out;
  }

  /** Ends the piece and returns it, owned by the caller, or null if it is empty. */
  @Nullable ByteBuf take() {
    ByteBuf received = Objects.requireNonNull(in);
    ByteBuf taken = null;
    if (copy != null) {
      taken = writer();
    } else if (runEnd > runStart) {
      taken = received.retainedSlice(runStart, runEnd - runStart);
    }
    copy = null;
    in = null;
    return taken;
  }

  /** Discards the piece. */
  void drop() {
    if (copy != null) {
      copy.release();
      copy = null;
    }
    in = null;
  }
}
