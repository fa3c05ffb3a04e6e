package io.harborgateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.util.internal.PlatformDependent;

/**
 * The memory of what is received and not sent yet: direct and pooled, read in {@linkplain ReadSizes
 * sizes that suit}. Safe for use by any thread.
 *
 * <p>Not Netty's default allocator, the adaptive one: it takes a maximum heap of up to 512 MiB,
 * which is more than this process needs, for a sign of little memory, and then pools nothing above
 * 64 KiB. Each large read would be allocated, cleared and freed.
 */
public final class Buffers {
  private static final PooledByteBufAllocator POOL = PooledByteBufAllocator.DEFAULT;
  private static final ReadSizes READ_SIZES = new ReadSizes(Buffers::isMemoryShort);

  private Buffers() {}

  /** To be called for a new connection, before it reads for the first time. */
  public static void use(ChannelConfig connection) {
    connection.setAllocator(POOL);
    connection.setRecvByteBufAllocator(READ_SIZES);
  }

  /** Returns a new buffer, which the caller owns. */
  static ByteBuf direct(int bytes) {
    return POOL.directBuffer(bytes);
  }

  /**
   * Returns the direct memory that the pool has taken, in bytes: what is in use, and what is kept.
   */
  public static long takenBytes() {
    return POOL.metric().usedDirectMemory();
  }

  private static boolean isMemoryShort() {
    // Netty's own count, of all its buffers; -1 where it has none.
    return PlatformDependent.usedDirectMemory() > PlatformDependent.maxDirectMemory() / 2;
  }
}
