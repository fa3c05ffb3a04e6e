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
 * Resources shared by the {@linkplain SpliceRelay splicing relays} of one event loop: a buffer
 * through which small pieces are copied, and pipes through which large ones are spliced. A relay
 * holds a pipe only while there are bytes in it, so there are far fewer pipes than connections.
 *
 * <p>Confined to its event loop.
 */
public final class RelayBuffers implements AutoCloseable {
  /**
   * Size of the buffer in bytes: enough for most messages of a protocol that does no bulk transfer.
   */
  static final int COPIED = 32 << 10;

  /**
   * Most pipes in use by all relays of the process. When full, they hold 64 MiB of kernel memory,
   * which is what it allows an unprivileged user by default ({@code fs.pipe-user-pages-soft}); the
   * limit must be enforced here because this process may be privileged. Further relays copy.
   */
  public static final int MAX_PIPES = 64;

  private static final AtomicInteger PIPES = new AtomicInteger();

  /** Most idle pipes kept; each has two descriptors. */
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

  /** The buffer, whose content is valid until the next read into it by any relay. */
  ByteBuffer copied() {
    return copied;
  }

  /** The address of {@link #copied}. */
  long copiedAddress() {
    return copiedAddress;
  }

  /** Most bytes that one copy may read: what the sink does not accept has to wait in memory. */
  int maxCopied() {
    return Math.min(COPIED, Buffers.budget().maxRead());
  }

  /** Returns an empty pipe, or null if the limit is reached or descriptors have run out. */
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

  /** Returns a pipe; one that is not empty, or one too many, is closed. */
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

  /** Number of pipes in use by relays. */
  int pipesInUse() {
    return pipesInUse;
  }

  /** Number of pipes kept for relays. */
  int idlePipes() {
    return idle.size();
  }

  /** Closes the idle pipes, and those in use once they are given back. */
  @Override
  public void close() {
    closed = true;
    for (Pipe pipe = idle.poll(); pipe != null; pipe = idle.poll()) {
      pipe.close();
    }
  }
}
