package io.harborgateway.relay;

import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.TcpStream;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a {@link SpliceRelay}: moves the bytes received from one stream to the other,
 * and the FIN after them.
 *
 * <p>It begins by copying, which is cheaper for small pieces; after several full buffers in a row
 * it splices, until pieces are small again. It reads only once everything read before has been
 * written, so that no more than a buffer or a pipe full is in flight. What the sink has not
 * accepted waits in the pipe or, if it was copied, in a separate buffer.
 *
 * <p>Confined to the event loop of both streams.
 */
final class SpliceFlow {
  /** Consecutive full buffers before splicing begins. */
  private static final int FULL_BUFFERS = 2;

  /** Consecutive spliced pieces below a buffer's size before copying begins again. */
  private static final int SMALL_PIECES = 8;

  /** Bytes moved in one turn, after which other connections get theirs. */
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

  /** Size of the waiting buffer in bytes, if there is one. */
  long heldBytes() {
    return rest == null ? 0 : rest.capacity();
  }

  /** Number of bytes moved into or out of this flow. */
  long moved() {
    return bytes + written;
  }

  /** Number of bytes received but not written yet. */
  long waiting() {
    return bytes - written;
  }

  /** Returns whether there is something to move, or may be, once the sink has room. */
  boolean hasMore() {
    return readable || waiting() > 0;
  }

  /**
   * The source may have bytes, or its end if it {@code hungUp}. While the sink is full these can't
   * be used, and the source must not wake the loop with each packet until it is read again.
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
   * Moves as many bytes as possible.
   *
   * @return true if the source has ended and the sink has received everything
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

  /** Writes what was read earlier; returns false while the sink has no room for all of it. */
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
        copy(); // only a read distinguishes the end from a pause
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
    // A short read means there are no more bytes (epoll(7)), but possibly the end.
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

  /** Discards what the sink has not accepted. */
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
