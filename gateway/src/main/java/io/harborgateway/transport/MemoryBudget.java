package io.harborgateway.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One budget for the buffers of all connections. The fuller it is, the less a single connection may
 * ask for at once and leave waiting for its peer, so that what all of them may hold together fits:
 * see {@link Level}. A connection that waits for its peer goes on when that has taken everything;
 * it never waits for other connections, so none can be starved or locked by them.
 *
 * <p>Costs nothing while memory is free: one look at a number that changes only when the allocator
 * takes a chunk. Beyond that the use is added up, at most once in {@link #SAMPLE_NANOS}. Safe for
 * use by any thread, except where a method says otherwise.
 */
public final class MemoryBudget {
  /** How full the memory is, and what that leaves to one connection. */
  public enum Level {
    /** Below a twentieth: as much as some twenty downloads hold that nobody reads. */
    FREE(0, ReadSizes.LARGE, 64 << 10, 32),
    /** From a twentieth on: what slow clients hold is kept from growing with their number. */
    FILLING(50, 64 << 10, 8 << 10, 8),
    /** From a twelfth on: a connection is read only when its peer has taken everything. */
    SHORT(83, 8 << 10, 0, 0),
    /** From a quarter on: and then less is. */
    TIGHT(250, 4 << 10, 0, 0),
    /** From three quarters on: and then the least that is of use is. */
    SCARCE(750, ReadSizes.SMALL, 0, 0),
    /** From nine tenths on: new exchanges are refused, and the greediest connections end. */
    EXHAUSTED(900, ReadSizes.SMALL, 0, 0);

    private static final Level[] DOWNWARDS = {EXHAUSTED, SCARCE, TIGHT, SHORT, FILLING};

    private final int fromPermille;
    private final int maxRead;
    private final int maxWaiting;
    private final int maxPieces;

    Level(int fromPermille, int maxRead, int maxWaiting, int maxPieces) {
      this.fromPermille = fromPermille;
      this.maxRead = maxRead;
      this.maxWaiting = maxWaiting;
      this.maxPieces = maxPieces;
    }

    /** Whether connections are held back for memory's sake. */
    public boolean isScarce() {
      return this == SCARCE || this == EXHAUSTED;
    }
  }

  static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Of the writability that users may define: Netty has 31, and nobody else uses any. */
  private static final int DRAINED = 1;

  private final long limit;
  private final LongSupplier taken;
  private final LongSupplier used;
  private final LongSupplier nanoTime;
  private volatile long sampledAt;
  private volatile long sampled;

  /**
   * Creates a budget.
   *
   * @param limit in bytes; 0 or less when there is none, and so always enough
   * @param taken bytes that the allocator has taken, in use or not; asked very often
   * @param used bytes in use, at most as many; asked seldom
   */
  public MemoryBudget(long limit, LongSupplier taken, LongSupplier used, LongSupplier nanoTime) {
    this.limit = limit;
    this.taken = taken;
    this.used = used;
    this.nanoTime = nanoTime;
    this.sampledAt = nanoTime.getAsLong() - SAMPLE_NANOS;
  }

  /** In bytes. */
  public long limit() {
    return limit;
  }

  /** Returns how full it is, or was within the last {@link #SAMPLE_NANOS}. */
  public Level level() {
    if (limit <= 0 || taken.getAsLong() < limit / 1000 * Level.FILLING.fromPermille) {
      return Level.FREE;
    }
    long now = nanoTime.getAsLong();
    if (now - sampledAt >= SAMPLE_NANOS) {
      sampledAt = now;
      sampled = used.getAsLong();
    }
    long permille = sampled * 1000 / limit;
    for (Level level : Level.DOWNWARDS) {
      if (permille >= level.fromPermille) {
        return level;
      }
    }
    return Level.FREE;
  }

  /** Number of bytes that one read may ask for. */
  public int maxRead() {
    return level().maxRead;
  }

  /** Number of bytes by which the use exceeds the point from which connections are held back. */
  public long excess() {
    return Math.max(0, used.getAsLong() - limit / 1000 * Level.SCARCE.fromPermille);
  }

  /**
   * Tells whether a connection takes more bytes to write: whether what waits in it already is
   * little enough. If not, its {@code channelWritabilityChanged} says when it does again. To be
   * called on its event loop when all was flushed.
   */
  public boolean takesMore(Channel sink) {
    if (!sink.isWritable()) {
      return false;
    }
    ChannelOutboundBuffer out = sink.unsafe().outboundBuffer();
    int pieces = out == null ? 0 : out.size();
    if (out == null || pieces == 0) {
      return true;
    }
    Level level = level();
    // A piece may be a byte in the buffer of a whole read: so they are limited in number, too.
    if (pieces <= level.maxPieces && out.totalPendingWriteBytes() <= level.maxWaiting) {
      return true;
    }
    out.setUserDefinedWritability(DRAINED, false);
    sink.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(drained -> out.setUserDefinedWritability(DRAINED, true));
    return false;
  }

  /** Number of bytes, about, that wait in a connection to be written; on its event loop. */
  public static long waiting(Channel connection) {
    ChannelOutboundBuffer out = connection.unsafe().outboundBuffer();
    return out == null
        ? 0
        : Math.max(out.totalPendingWriteBytes(), (long) out.size() * ReadSizes.SMALL);
  }
}
