package io.harborgateway.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Follows a body through the received buffers and hands on slices of them. A chunked body is
 * validated octet by octet (RFC 9112 section 7.1) and, when it is to stay chunked, handed on as it
 * came: sizes, extensions and trailers included. Confined to one event loop, and reused for one
 * body after the other.
 */
final class BodyReader {
  /** Limit of a chunk's size line with its extensions, and of each trailer section. */
  static final int MAX_LINE_BYTES = 4096;

  private static final int MAX_SIZE_DIGITS = 15;

  private enum State {
    DATA,
    SIZE,
    EXTENSION,
    SIZE_LF,
    CHUNK_CR,
    CHUNK_LF,
    TRAILER,
    DONE
  }

  private State state = State.DONE;
  private boolean chunked;
  private boolean untilClose;
  private boolean keepChunks;
  private long left; // of the body, or of the current chunk
  private int digits;
  private int lineBytes;
  private @Nullable ByteBuf trailers; // a trailer section that came in pieces
  private @Nullable Failure failure;

  /**
   * Begins a body.
   *
   * @param framing a length, {@link Framing#CHUNKED} or {@link Framing#UNTIL_CLOSE}
   * @param keepChunks whether a chunked body is handed on with its chunk framing
   */
  void begin(long framing, boolean keepChunks) {
    this.keepChunks = keepChunks;
    chunked = framing == Framing.CHUNKED;
    untilClose = framing == Framing.UNTIL_CLOSE;
    left = chunked ? 0 : framing;
    failure = null;
    digits = 0;
    lineBytes = 0;
    state = chunked ? State.SIZE : framing == 0 ? State.DONE : State.DATA;
  }

  /** Tells whether the body's last byte has been handed on. */
  boolean isDone() {
    return state == State.DONE;
  }

  /** Returns whether no more than so many bytes are announced; of chunks only the next is. */
  boolean mayEndWithin(long bytes) {
    return state == State.DONE || left <= bytes;
  }

  boolean isUntilClose() {
    return untilClose;
  }

  /** What is wrong with the body, or null. */
  @Nullable Failure failure() {
    return failure;
  }

  /** Releases what is kept; to be called when the connection ends within a body. */
  void release() {
    if (trailers != null) {
      trailers.release();
      trailers = null;
    }
    state = State.DONE;
  }

  /**
   * Takes the next bytes of the body off {@code in}.
   *
   * @return a retained slice, which the caller releases, or null when {@code in} has no more of the
   *     body, or the body has {@linkplain #failure() failed}
   */
  @Nullable ByteBuf next(ByteBuf in) {
    if (!chunked) {
      return data(in);
    }
    return keepChunks ? rawChunks(in) : chunkData(in);
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

  private @Nullable ByteBuf rawChunks(ByteBuf in) {
    int start = in.readerIndex();
    while (in.isReadable() && state != State.DONE && failure == null) {
      step(in);
    }
    int length = in.readerIndex() - start;
    // What came before a fault is not handed on either: nothing of a malformed piece is forwarded.
    return length == 0 || failure != null ? null : in.retainedSlice(start, length);
  }

  private @Nullable ByteBuf chunkData(ByteBuf in) {
    while (in.isReadable() && state != State.DONE && failure == null) {
      int start = in.readerIndex();
      boolean isData = state == State.DATA;
      step(in);
      if (isData) {
        return in.retainedSlice(start, in.readerIndex() - start);
      }
    }
    return null;
  }

  /** Takes one piece of the chunked coding: the data there is, or one octet of framing. */
  private void step(ByteBuf in) {
    switch (state) {
      case DATA -> {
        int taken = (int) Math.min(in.readableBytes(), left);
        in.skipBytes(taken);
        left -= taken;
        if (left == 0) {
          state = State.CHUNK_CR;
        }
      }
      case SIZE -> size(in.readByte());
      case EXTENSION -> extension(in.readByte());
      case SIZE_LF -> {
        expect(in.readByte(), Octets.LF, left == 0 ? State.TRAILER : State.DATA);
        lineBytes = 0;
        digits = 0;
      }
      case CHUNK_CR -> expect(in.readByte(), Octets.CR, State.CHUNK_LF);
      case CHUNK_LF -> expect(in.readByte(), Octets.LF, State.SIZE);
      case TRAILER -> trailer(in);
      case DONE -> throw new IllegalStateException("the body is complete");
    }
  }

  private void size(byte octet) {
    int value = Octets.hexValue(octet);
    if (value >= 0) {
      left = left * 16 + value;
      if (++digits > MAX_SIZE_DIGITS) {
        failure = Failure.BAD_CHUNK;
      }
    } else if (digits == 0) {
      failure = Failure.BAD_CHUNK;
    } else if (octet == ';') {
      state = State.EXTENSION;
    } else {
      expect(octet, Octets.CR, State.SIZE_LF);
    }
  }

  private void extension(byte octet) {
    if (octet == Octets.CR) {
      state = State.SIZE_LF;
    } else if (!Octets.isFieldValue(octet) || ++lineBytes > MAX_LINE_BYTES) {
      failure = Failure.BAD_CHUNK;
    }
  }

  private void expect(byte octet, byte expected, State next) {
    if (octet == expected) {
      state = next;
    } else {
      failure = Failure.BAD_CHUNK;
    }
  }

  /** Takes what there is of the trailer section, which ends with an empty line. */
  private void trailer(ByteBuf in) {
    ByteBuf section = trailers;
    if (section == null) {
      section = in.alloc().buffer(64);
      trailers = section;
    }
    while (in.isReadable()) {
      section.writeByte(in.readByte());
      int size = section.readableBytes();
      if (size > MAX_LINE_BYTES) {
        failure = Failure.BAD_CHUNK;
        break;
      }
      if (endsWithEmptyLine(section, size)) {
        failure = checkTrailers(section, size);
        state = State.DONE;
        break;
      }
    }
    if (state == State.DONE || failure != null) {
      section.release();
      trailers = null;
    }
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

  private static @Nullable Failure checkTrailers(ByteBuf section, int size) {
    boolean endsWell =
        size >= 2
            && section.getByte(size - 2) == Octets.CR
            && (size == 2 || (size >= 4 && section.getByte(size - 4) == Octets.CR));
    byte[] octets = new byte[size];
    section.getBytes(section.readerIndex(), octets);
    if (!endsWell || HeadParser.parseFields(octets, 0, size - 2, null) != null) {
      return Failure.BAD_CHUNK;
    }
    return null;
  }
}
