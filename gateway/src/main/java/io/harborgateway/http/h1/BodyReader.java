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
 * Follows a body through the received buffers and hands on what it holds. A chunked body is
 * validated octet by octet (RFC 9112 section 7.1).
 *
 * <p>A body that is to stay chunked is handed on in canonical form: its data as slices, and so the
 * lines of sizes that have nothing else; those with extensions or leading zeros, and those that
 * come in pieces, are written anew. Its trailers are handed on without what {@link TrailerFields}
 * refuses. Confined to one event loop, and reused for one body after the other.
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
  private long left; // of the body, or of the current chunk
  private @Nullable ByteBuf trailers; // a trailer section that came in pieces
  private @Nullable Failure failure;

  /**
   * Begins a body.
   *
   * @param bodyLength a value of {@link BodyLength}
   * @param keepChunks whether a chunked body is handed on with its chunk framing
   * @param head of the body; not looked at later
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

  /** Tells whether the body's last byte has been handed on. */
  public boolean isDone() {
    return state == State.DONE;
  }

  /** Returns whether no more than so many bytes are announced; of chunks only the next is. */
  public boolean mayEndWithin(long bytes) {
    return state == State.DONE || left <= bytes;
  }

  public boolean isUntilClose() {
    return untilClose;
  }

  /** What is wrong with the body, or null. */
  public @Nullable Failure failure() {
    return failure;
  }

  /** Releases what is kept; to be called when the connection ends within a body. */
  public void release() {
    if (trailers != null) {
      trailers.release();
      trailers = null;
    }
    nominated = List.of();
    state = State.DONE;
  }

  /**
   * Takes the next bytes of the body off {@code in}. To be called until it returns null.
   *
   * @return a buffer, which the caller releases, or null when {@code in} has no more of the body,
   *     or the body has {@linkplain #failure() failed}
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
    if (failure != null) { // of a malformed piece not even what came before the fault is handed on
      piece.drop();
      return null;
    }
    return piece.take();
  }

  /** Takes one element of the chunked coding; returns false where the piece had better end. */
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

  /** Takes what there is of the trailer section, which ends with an empty line. */
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
    // Empty lines that end with a bare LF are found too, for the check to refuse.
    return size <= 2
        || section.getByte(size - 2) == Octets.LF
        || (section.getByte(size - 2) == Octets.CR && section.getByte(size - 3) == Octets.LF);
  }
}
