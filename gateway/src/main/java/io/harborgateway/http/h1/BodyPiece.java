package io.harborgateway.http.h1;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what is handed on of a received buffer: a slice of it while that lies together, a copy
 * from where something in between is left out or written anew. So a body of large chunks is never
 * copied, and one of tiny ones does not become a buffer for each. Confined to one event loop.
 */
final class BodyPiece {
  /** A run of octets of this length or more is worth a slice. */
  static final int MIN_SLICE = 1024;

  private @Nullable ByteBuf in;
  private @Nullable ByteBuf copy; // owned; what is ahead of the run
  private int runStart;
  private int runEnd;

  /** Begins a piece of {@code received}, which the caller goes on owning. */
  void begin(ByteBuf received) {
    in = received;
    runStart = received.readerIndex();
    runEnd = runStart;
  }

  /** Returns whether octets from index {@code at} on can be added without a copy. */
  boolean continuesAt(int at) {
    return copy == null && (runEnd == at || runEnd == runStart);
  }

  /** Returns whether the piece ends with a run that had better be handed on before more comes. */
  boolean isLarge() {
    return runEnd - runStart >= MIN_SLICE;
  }

  /** Adds the octets at {@code [start, end)} of the received buffer. */
  void keep(int start, int end) {
    if (start != runEnd) {
      if (runEnd > runStart) {
        writer();
      }
      runStart = start;
    }
    runEnd = end;
  }

  /** Returns where octets are to be written that the received buffer does not have. */
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

  /** Ends the piece; returns it, owned by the caller, or null when it is empty. */
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

  /** Ends the piece, of which nothing is handed on. */
  void drop() {
    if (copy != null) {
      copy.release();
      copy = null;
    }
    in = null;
  }
}
