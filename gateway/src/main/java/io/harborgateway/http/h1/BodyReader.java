package io.harborgateway.http.h1;

import io.harborgateway.http.head.BodyLength;
import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.Head;
import io.harborgateway.http.head.Octets;
import io.harborgateway.http.head.TrailerFields;
import io.harborgateway.http.head.TrailerSection;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows a body through the received buffers and passes on its content. A chunked body is
 * validated byte by byte (RFC 9112 section 7.1).
 *
 * <p>A body that stays chunked is passed on in canonical form: its data as slices, and also
 * chunk-size lines with nothing else in them; lines with extensions or leading zeros, or split
 * across buffers, are rewritten. Its trailers are passed on without those that {@link
 * TrailerFields} rejects. Confined to one event loop, and reused for one body after the other.
 */
public final class BodyReader {
  /** Limit of a trailer section. */
  static final int MAX_TRAILER_BYTES = 4096;

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private enum State {
    DATA,
    SIZE,
    CHUNK_CR,
    CHUNK_LF,
    TRAILER,
    DONE
  }

  private final ChunkSizeParser size = new ChunkSizeParser();
  private final BodyPiece piece = new BodyPiece();
  private State state = State.DONE;
  private boolean chunked;
  private boolean untilClose;
  private boolean keepChunks;
  private List<String> nominated = List.of();
  private long left; // bytes of the body or the current chunk
  private @Nullable ByteBuf trailers; // a trailer section split across buffers
  private @Nullable Failure failure;

  /**
   * Begins a body.
   *
   * @param bodyLength a value of {@link BodyLength}
   * @param keepChunks whether a chunked body is passed on with its chunk framing
   * @param head the body's head; not used after the call
   */
  public void begin(long bodyLength, boolean keepChunks, Head head) {
    this.keepChunks = keepChunks;
    chunked = bodyLength == BodyLength.CHUNKED;
    untilClose = bodyLength == BodyLength.UNTIL_CLOSE;
    left = chunked ? 0 : bodyLength;
    failure = null;
    size.reset();
    nominated = chunked ? head.connection.nominatedTrailers(head) : List.of();
    state = chunked ? State.SIZE : bodyLength == 0 ? State.DONE : State.DATA;
  }

  /** Returns whether the body's last byte has been passed on. */
  public boolean isDone() {
    return state == State.DONE;
  }

  /**
   * Returns whether at most this many bytes are still announced; for chunks, only the current one
   * is known.
   */
  public boolean mayEndWithin(long bytes) {
    return state == State.DONE || left <= bytes;
  }

  public boolean isUntilClose() {
    return untilClose;
  }

  /** Returns what is wrong with the body, or null. */
  public @Nullable Failure failure() {
    return failure;
  }

  /** Releases kept buffers; must be called when the connection ends within a body. */
  public void release() {
    if (trailers != null) {
      trailers.release();
      trailers = null;
    }
    nominated = List.of();
    state = State.DONE;
  }

  /**
   * Reads the next bytes of the body from {@code in}. Must be called until it returns null.
   *
   * @return a buffer, which the caller releases, or null if {@code in} has no more of the body or
   *     the body has {@linkplain #failure() failed}
   */
  public @Nullable ByteBuf next(ByteBuf in) {
    return chunked ? chunks(in) : data(in);
  }

  private @Nullable ByteBuf data(ByteBuf in) {
    int available = in.readableBytes();
    if (state == State.DONE || available == 0) {
      return null;
    }
    if (untilClose) {
      return in.readRetainedSlice(available);
    }
    int taken = (int) Math.min(available, left);
    left -= taken;
    if (left == 0) {
      state = State.DONE;
    }
    return in.readRetainedSlice(taken);
  }

  private @Nullable ByteBuf chunks(ByteBuf in) {
    piece.begin(in);
    boolean goesOn = true;
    while (goesOn && failure == null && state != State.DONE && in.isReadable()) {
      goesOn = step(in);
    }
    if (failure != null) { // not even the part of a malformed piece before the fault is passed on
      piece.drop();
      return null;
    }
    return piece.take();
  }

  /** Reads one element of the chunked coding; returns false where the piece should end. */
  private boolean step(ByteBuf in) {
    return switch (state) {
      case SIZE -> size(in);
      case DATA -> chunkData(in);
      case CHUNK_CR -> expect(Octets.CR, State.CHUNK_LF, in);
      case CHUNK_LF -> expect(Octets.LF, State.SIZE, in);
      case TRAILER -> trailer(in);
      case DONE -> throw new IllegalStateException("the body is complete");
    };
  }

  private boolean size(ByteBuf in) {
    int start = in.readerIndex();
    boolean isWhole = size.isAtStart();
    while (!size.isDone()) {
      if (!in.isReadable()) {
        return true; // the rest of the line comes with the next buffer
      }
      if (!size.take(in.readByte())) {
        failure = Failure.BAD_CHUNK;
        return true;
      }
    }
    if (keepChunks && isWhole && size.isCanonical()) {
      piece.keep(start, in.readerIndex());
    } else if (isWhole && piece.isLarge()) {
      in.readerIndex(start);
      size.reset();
      return false;
    } else if (keepChunks) {
      writeSize(size.size(), piece.writer());
    }
    left = size.size();
    state = left == 0 ? State.TRAILER : State.DATA;
    size.reset();
    return true;
  }

  private static void writeSize(long size, ByteBuf out) {
    int highest = (63 - Long.numberOfLeadingZeros(size | 1)) / 4 * 4;
    for (int shift = highest; shift >= 0; shift -= 4) {
      out.writeByte(HEX[(int) (size >>> shift) & 15]);
    }
    out.writeByte(Octets.CR).writeByte(Octets.LF);
  }

  private boolean chunkData(ByteBuf in) {
    int start = in.readerIndex();
    int taken = (int) Math.min(in.readableBytes(), left);
    if (taken >= BodyPiece.MIN_SLICE && !piece.continuesAt(start)) {
      return false;
    }
    in.skipBytes(taken);
    piece.keep(start, start + taken);
    left -= taken;
    if (left == 0) {
      state = State.CHUNK_CR;
    }
    return true;
  }

  private boolean expect(byte expected, State next, ByteBuf in) {
    int start = in.readerIndex();
    if (in.readByte() != expected) {
      failure = Failure.BAD_CHUNK;
      return true;
    }
    if (keepChunks) {
      piece.keep(start, start + 1);
    }
    state = next;
    return true;
  }

  /** Reads the available part of the trailer section, which ends with an empty line. */
  private boolean trailer(ByteBuf in) {
    int start = in.readerIndex();
    if (trailers == null
        && in.readableBytes() >= 2
        && in.getByte(start) == Octets.CR
        && in.getByte(start + 1) == Octets.LF) {
      in.skipBytes(2);
      if (keepChunks) {
        piece.keep(start, start + 2);
      }
      nominated = List.of();
      state = State.DONE;
      return true;
    }
    if (piece.isLarge()) {
      return false;
    }
    ByteBuf section = trailers;
    if (section == null) {
      section = in.alloc().buffer(64);
      trailers = section;
    }
    while (state == State.TRAILER && failure == null && in.isReadable()) {
      section.writeByte(in.readByte());
      int length = section.readableBytes();
      if (length > MAX_TRAILER_BYTES) {
        failure = Failure.BAD_CHUNK;
      } else if (endsWithEmptyLine(section, length)) {
        endTrailers(section);
      }
    }
    if (state == State.DONE || failure != null) {
      section.release();
      trailers = null;
    }
    return true;
  }

  private void endTrailers(ByteBuf section) {
    var view = new TrailerSection();
    if (!view.parse(section)) {
      failure = Failure.BAD_CHUNK;
    } else if (keepChunks) {
      view.write(nominated, piece.writer());
    }
    nominated = List.of();
    state = State.DONE;
  }

  private static boolean endsWithEmptyLine(ByteBuf section, int size) {
    if (section.getByte(size - 1) != Octets.LF) {
      return false;
    }
    // Empty lines that end with a bare LF are found as well, so that the check can reject them.
    return size <= 2
        || section.getByte(size - 2) == Octets.LF
        || (section.getByte(size - 2) == Octets.CR && section.getByte(size - 3) == Octets.LF);
  }
}
