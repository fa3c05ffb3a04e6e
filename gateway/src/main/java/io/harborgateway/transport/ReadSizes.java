package io.harborgateway.transport;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.util.function.IntSupplier;

/**
 * How much a connection asks for at once. A head is small, and memory for more would be wasted on
 * it; a blob is cheapest in large pieces, because each read costs a system call, a wake-up and a
 * write. So a connection that fills its reads is given larger ones, up to {@link #LARGE}, and one
 * that does not gets small ones again.
 *
 * <p>Reads are smaller the less memory there is: many readers that stall at once then hold little
 * each. Safe for use by any event loop; each connection has a handle of its own.
 */
final class ReadSizes extends DefaultMaxMessagesRecvByteBufAllocator {
  /** Bytes: the head of a request with its token, or a TLS record of it. */
  static final int SMALL = 2 << 10;

  /**
   * Bytes: half of it costs 11% more for a byte, twice of it perhaps 10% less, and twice the room.
   */
  static final int LARGE = 512 << 10;

  private static final int STEP = 8;
  private static final int ENOUGH_SMALL_READS = 4;

  private final IntSupplier maxRead;

  /**
   * Makes the sizes of any number of connections.
   *
   * @param maxRead in bytes, {@link #SMALL} or more; asked before each larger read, on event loops
   */
  ReadSizes(IntSupplier maxRead) {
    this.maxRead = maxRead;
  }

  @Override
  @SuppressWarnings("deprecation") // Handle is what the interface asks for; the event loops take it
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
