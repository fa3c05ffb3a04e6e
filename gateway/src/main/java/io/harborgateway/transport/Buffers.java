package io.harborgateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.atomic.LongAdder;

/**
 * The memory of what is received and not sent yet: direct and pooled, read in {@linkplain ReadSizes
 * sizes that suit}, within one {@linkplain MemoryBudget budget}. Safe for use by any thread.
 *
 * <p>Not Netty's default allocator, the adaptive one: it takes a maximum heap of up to 512 MiB,
 * which is more than this process needs, for a sign of little memory, and then pools nothing above
 * 64 KiB. Each large read would be allocated, cleared and freed.
 *
 * <p>The limit is Netty's own ({@code io.netty.maxDirectMemory}), below that of the JVM: an
 * allocation beyond Netty's fails at once, one beyond the JVM's sleeps on the event loop first.
 */
public final class Buffers {
  private static final PooledByteBufAllocator POOL = PooledByteBufAllocator.DEFAULT;

  // Netty's own count is of all its buffers; -1 where it has none, which is as good as free.
  private static final MemoryBudget BUDGET =
      new MemoryBudget(
          PlatformDependent.maxDirectMemory(),
          PlatformDependent::usedDirectMemory,
          Buffers::usedBytes,
          System::nanoTime);

  private static final ReadSizes READ_SIZES = new ReadSizes(BUDGET::maxRead);
  private static final LongAdder FAILED = new LongAdder();

  private Buffers() {}

  /** To be called for a new connection, before it reads for the first time. */
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
   * Returns what was read in a buffer that fits it: the read may have asked for much and got a
   * byte, which would keep all of the buffer until the byte is sent.
   *
   * @param read is owned by the caller before, and the result after
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

  /**
   * Returns the direct memory that the pool has taken, in bytes: what is in use, and what is kept.
   */
  public static long takenBytes() {
    return POOL.metric().usedDirectMemory();
  }

  /** Returns the direct memory that is in use, in bytes. Adds it up: for seldom use. */
  public static long usedBytes() {
    return POOL.pinnedDirectMemory();
  }

  /**
   * Tells whether a failure is one of an allocation, and counts it then: for whoever closes what
   * was hit by it.
   */
  public static boolean isExhausted(Throwable failure) {
    boolean exhausted = failure instanceof OutOfMemoryError;
    if (exhausted) {
      FAILED.increment();
    }
    return exhausted;
  }

  /** Returns how many connections were hit by a failed allocation. */
  public static long failedAllocations() {
    return FAILED.sum();
  }
}
