package io.harborgateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.atomic.LongAdder;

/**
 * The memory for bytes received and not sent yet: direct and pooled, read in {@linkplain ReadSizes
 * suitable sizes}, within one {@linkplain MemoryBudget budget}. Thread-safe.
 *
 * <p>Does not use Netty's default, the adaptive allocator: it takes a maximum heap of up to 512
 * MiB, which is more than this process needs, as a sign of a small system, and then pools nothing
 * above 64 KiB. Each large read would be allocated, cleared and freed.
 *
 * <p>The limit is Netty's own ({@code io.netty.maxDirectMemory}), below that of the JVM: an
 * allocation beyond Netty's fails at once, one beyond the JVM's sleeps on the event loop first.
 */
public final class Buffers {
  private static final PooledByteBufAllocator POOL = PooledByteBufAllocator.DEFAULT;

  // Netty's counter covers all its buffers; -1 if it has none, which counts as free.
  private static final MemoryBudget BUDGET =
      new MemoryBudget(
          PlatformDependent.maxDirectMemory(),
          PlatformDependent::usedDirectMemory,
          Buffers::usedBytes,
          System::nanoTime);

  private static final ReadSizes READ_SIZES = new ReadSizes(BUDGET::maxRead);
  private static final LongAdder FAILED = new LongAdder();

  private Buffers() {}

  /** Must be called for a new connection before its first read. */
  public static void use(ChannelConfig connection) {
    connection.setAllocator(POOL);
    connection.setRecvByteBufAllocator(READ_SIZES);
  }

  /** Returns the budget of this process's buffers. */
  public static MemoryBudget budget() {
    return BUDGET;
  }

  /** Returns a new buffer, which the caller owns. */
  public static ByteBuf direct(int bytes) {
    return POOL.directBuffer(bytes);
  }

  /**
   * Returns the bytes read in a buffer of suitable size: a large read may have yielded one byte,
   * which would otherwise retain the whole buffer until it is sent.
   *
   * @param read owned by the caller before, as is the result after
   */
  public static ByteBuf fitted(ByteBuf read) {
    int bytes = read.readableBytes();
    if (read.capacity() <= ReadSizes.SMALL || bytes > read.capacity() / 8) {
      return read;
    }
    try {
      return POOL.directBuffer(bytes).writeBytes(read);
    } finally {
      read.release();
    }
  }

  /** Returns the direct memory that the pool has allocated, in bytes, whether in use or kept. */
  public static long takenBytes() {
    return POOL.metric().usedDirectMemory();
  }

  /** Returns the direct memory in use, in bytes. Computes a sum: not for frequent calls. */
  public static long usedBytes() {
    return POOL.pinnedDirectMemory();
  }

  /**
   * Returns whether a failure is a failed allocation, and if so counts it: for whoever closes the
   * affected connection.
   */
  public static boolean isExhausted(Throwable failure) {
    boolean exhausted = failure instanceof OutOfMemoryError;
    if (exhausted) {
      FAILED.increment();
    }
    return exhausted;
  }

  /** Returns the number of connections affected by a failed allocation. */
  public static long failedAllocations() {
    return FAILED.sum();
  }
}
