package io.harborgateway.transport;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.util.function.IntSupplier;

/**
 * Determines how much a connection reads at once. A head is small, and a larger buffer would be
 * wasted on it; a blob is cheapest in large pieces, because each read costs a system call, a
 * wake-up and a write. So a connection that fills its reads gets larger ones, up to {@link #LARGE},
 * and one that does not gets small ones again.
 *
 * <p>The less memory there is, the smaller the reads: then many peers that stall at once hold
 * little each. Safe for use on any event loop; each connection has its own handle.
 */
final class ReadSizes extends DefaultMaxMessagesRecvByteBufAllocator {
  /** In bytes: the head of a request with its token, or its TLS record. */
  static final int SMALL = 2 << 10;

  /**
   * In bytes: half of it would cost 11% more per byte; twice as much perhaps 10% less, but twice
   * the memory.
   */
  static final int LARGE = 512 << 10;

  private static final int STEP = 8;
  private static final int ENOUGH_SMALL_READS = 4;

  private final IntSupplier maxRead;

  /**
   * Creates the sizes for any number of connections.
   *
   * @param maxRead in bytes, {@link #SMALL} or more; called before each larger read, on event loops
   */
  ReadSizes(IntSupplier maxRead) {
    this.maxRead = maxRead;
  }

  @Override
  @SuppressWarnings("deprecation") // the interface declares Handle, and the event loops accept it
  public Handle newHandle() {
    return new Sizes();
  }

  private final class Sizes extends MaxMessageHandle {
    private int next = SMALL;
    private int smallReads;

    @Override
    public int guess() {
      return next == SMALL ? SMALL : Math.min(next, maxRead.getAsInt());
    }

    @Override
    public void lastBytesRead(int bytes) {
      if (bytes == attemptedBytesRead()) {
        next = Math.min(next * STEP, LARGE);
        smallReads = 0;
      } else if (bytes > 0 && bytes < next / STEP && ++smallReads == ENOUGH_SMALL_READS) {
        next = Math.max(next / STEP, SMALL);
        smallReads = 0;
      }
      super.lastBytesRead(bytes);
    }
  }
}
