package io.harborgateway.relay;

import io.harborgateway.transport.Buffers;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the {@linkplain SpliceRelay splicing relays} of one event loop share: a buffer, through
 * which small pieces are copied, and pipes, through which large ones are spliced. A relay has a
 * pipe only while bytes are in it, so there are far fewer pipes than connections.
 *
 * <p>Confined to its event loop.
 */
public final class RelayBuffers implements AutoCloseable {
  /** Bytes of the buffer: an answer to most requests of a protocol that is not a bulk transfer. */
  static final int COPIED = 32 << 10;

  /**
   * Pipes that all relays of the process may have at once. Full they hold 64 MiB of the kernel's
   * memory, which is what it allows an unprivileged user by default ({@code
   * fs.pipe-user-pages-soft}), and this process may be a privileged one. Other relays copy.
   */
  public static final int MAX_PIPES = 64;

  private static final AtomicInteger PIPES = new AtomicInteger();

  /** Pipes that are kept while nothing needs them; each has two descriptors. */
  static final int MAX_IDLE_PIPES = 32;

  private final EventLoop loop;
  private final ByteBuffer copied = ByteBuffer.allocateDirect(COPIED);
  private final long copiedAddress = Buffer.memoryAddress(copied);
  private final ArrayDeque<Pipe> idle = new ArrayDeque<>();
  private int pipesInUse;
  private boolean closed;

  public RelayBuffers(EventLoop loop) {
    this.loop = loop;
    PipeCapacity.prepare();
  }

  /** The buffer's bytes, which are valid until the next read into it by any relay. */
  ByteBuffer copied() {
    return copied;
  }

  /** The address of {@link #copied}. */
  long copiedAddress() {
    return copiedAddress;
  }

  /** Number of bytes that one copy may ask for: what the sink does not take of them waits. */
  int maxCopied() {
    return Math.min(COPIED, Buffers.budget().maxRead());
  }

  /** Returns an empty pipe, or null when none is to be had: beyond the limit, or of descriptors. */
  @Nullable Pipe takePipe() {
    assert loop.inEventLoop();
    if (PIPES.incrementAndGet() > MAX_PIPES) {
      PIPES.decrementAndGet();
      return null;
    }
    Pipe pipe = idle.pollFirst();
    if (pipe == null) {
      try {
        pipe = new Pipe();
      } catch (IOException e) {
        PIPES.decrementAndGet();
        return null;
      }
    }
    pipe.enlarge();
    pipesInUse++;
    return pipe;
  }

  /** Takes a pipe back; one with bytes in it, or beyond the need, is closed. */
  void giveBack(Pipe pipe) {
    assert loop.inEventLoop();
    pipesInUse--;
    PIPES.decrementAndGet();
    if (closed || pipe.content() > 0 || idle.size() == MAX_IDLE_PIPES) {
      pipe.close();
    } else {
      idle.addFirst(pipe);
    }
  }

  /** Number of pipes that relays have. */
  int pipesInUse() {
    return pipesInUse;
  }

  /** Number of pipes kept for relays. */
  int idlePipes() {
    return idle.size();
  }

  /** Closes the pipes that no relay has, and those others have when they are given back. */
  @Override
  public void close() {
    closed = true;
    for (Pipe pipe = idle.poll(); pipe != null; pipe = idle.poll()) {
      pipe.close();
    }
  }
}
