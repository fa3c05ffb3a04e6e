package io.harborgateway.relay;

import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.TcpStream;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a {@link SpliceRelay}: from the bytes that one stream has received to the other,
 * and after them the FIN.
 *
 * <p>It begins by copying, which is cheaper for small pieces; when a full buffer has come several
 * times in a row it splices, until pieces are small again. It reads on only when all that it read
 * before was written: so no more than a buffer or a pipe full is on the way. What the sink did not
 * take waits in the pipe, or in a buffer of its own when it was copied.
 *
 * <p>Confined to the event loop of both streams.
 */
final class SpliceFlow {
  /** Buffers that were filled, one after the other, before splicing begins. */
  private static final int FULL_BUFFERS = 2;

  /** Spliced pieces below a buffer's size, one after the other, before copying begins again. */
  private static final int SMALL_PIECES = 8;

  /** Bytes of one turn, after which other connections have theirs. */
  private static final long TURN = 4L * Pipe.CAPACITY;

  private final TcpStream source;
  private final TcpStream sink;
  private final RelayBuffers buffers;
  private @Nullable Pipe pipe;
  private @Nullable ByteBuf rest;
  private boolean readable;
  private boolean sinkIsFull;
  private boolean hungUp;
  private boolean inputEnded;
  private boolean splicing;
  private int streak;
  private long bytes;
  private long written;

  SpliceFlow(TcpStream source, TcpStream sink, RelayBuffers buffers) {
    this.source = source;
    this.sink = sink;
    this.buffers = buffers;
  }

  /** Number of bytes received from the source. */
  long bytes() {
    return bytes;
  }

  /** Number of bytes of the buffer, if there is one. */
  long heldBytes() {
    return rest == null ? 0 : rest.capacity();
  }

  /** Number of bytes that moved, into this flow or out of it. */
  long moved() {
    return bytes + written;
  }

  /** Number of bytes that were received and not written yet. */
  long waiting() {
    return bytes - written;
  }

  /** Returns whether there is something to move, or may be, once the sink has room. */
  boolean hasMore() {
    return readable || waiting() > 0;
  }

  /**
   * The source may have something: bytes, or its end if it {@code hungUp}. While the sink is full
   * that is of no use, and the source is not to wake the loop with each packet until it is read.
   */
  void sourceReady(boolean hungUp) throws IOException {
    readable = true;
    this.hungUp |= hungUp;
    if (sinkIsFull) {
      source.pauseReads();
    }
  }

  /** The sink may have room. */
  void sinkReady() {
    sinkIsFull = false;
  }

  /**
   * Moves what can be moved.
   *
   * @return true when the source has ended and the sink has got all
   */
  boolean pump() throws IOException {
    long turnEnds = bytes + TURN;
    while (!sinkIsFull && emptied()) {
      if (inputEnded) {
        return true;
      }
      if (!readable) {
        return false;
      }
      if (bytes >= turnEnds) {
        source.yieldTurn();
        return false;
      }
      if (splicing) {
        splice();
      } else {
        copy();
      }
    }
    return false;
  }

  /** Writes what was read before; returns false while the sink has no room for all of it. */
  private boolean emptied() throws IOException {
    return (pipe == null || pipeEmptied(pipe)) && (rest == null || restEmptied(rest));
  }

  private boolean pipeEmptied(Pipe full) throws IOException {
    while (full.content() > 0) {
      int moved = full.drain(sink);
      if (moved == 0) {
        sinkFilled();
        return false;
      }
      written += moved;
    }
    if (!readable || !splicing) {
      pipe = null;
      buffers.giveBack(full);
    }
    return true;
  }

  private boolean restEmptied(ByteBuf full) throws IOException {
    while (full.isReadable()) {
      int moved = sink.write(full.memoryAddress() + full.readerIndex(), full.readableBytes());
      if (moved == 0) {
        sinkFilled();
        return false;
      }
      full.skipBytes(moved);
      written += moved;
    }
    rest = null;
    full.release();
    return true;
  }

  private void sinkFilled() throws IOException {
    sinkIsFull = true;
    sink.awaitWritable();
  }

  private void splice() throws IOException {
    Pipe through = pipe;
    if (through == null) {
      through = buffers.takePipe();
      if (through == null) {
        copy();
        return;
      }
      pipe = through;
    }
    int moved = through.fill(source);
    bytes += moved;
    if (moved == 0) {
      if (hungUp) {
        copy(); // a read tells the end from a pause
      } else {
        drained();
      }
    } else if (moved >= RelayBuffers.COPIED) {
      streak = 0;
    } else if (++streak == SMALL_PIECES) {
      streak = 0;
      splicing = false;
    }
  }

  private void drained() throws IOException {
    readable = false;
    source.resumeReads();
  }

  private void copy() throws IOException {
    int asked = buffers.maxCopied();
    int moved = source.read(buffers.copiedAddress(), asked);
    if (moved < 0) {
      inputEnded = true;
      readable = false;
      return;
    }
    // After less than it asked for there is no more (epoll(7)), but the end may be.
    if (moved < asked && !(moved > 0 && hungUp)) {
      drained();
    }
    if (moved < asked) {
      streak = 0;
    } else if (!splicing && ++streak == FULL_BUFFERS) {
      streak = 0;
      splicing = true;
    }
    if (moved > 0) {
      bytes += moved;
      writeCopied(moved);
    }
  }

  private void writeCopied(int length) throws IOException {
    int done = 0;
    while (done < length) {
      int moved = sink.write(buffers.copiedAddress() + done, length - done);
      if (moved == 0) {
        sinkFilled();
        rest =
            Buffers.direct(length - done).writeBytes(buffers.copied().slice(done, length - done));
        return;
      }
      done += moved;
      written += moved;
    }
  }

  /** Lets go of what the sink has not taken. */
  void discard() {
    if (pipe != null) {
      buffers.giveBack(pipe);
      pipe = null;
    }
    if (rest != null) {
      rest.release();
      rest = null;
    }
  }
}
