package io.harborgateway.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One budget for the buffers of all connections. The fuller it is, the less a single connection may
 * read at once and leave waiting for its peer, so that what all of them may hold together fits: see
 * {@link Level}. A connection that waits for its peer continues when that has accepted everything;
 * it never waits for other connections, so they can neither starve nor deadlock it.
 *
 * <p>Costs nothing while memory is free: one read of a number that changes only when the allocator
 * allocates a chunk. Beyond that the usage is summed up, at most once per {@link #SAMPLE_NANOS}.
 * Thread-safe, except where a method says otherwise.
 */
public final class MemoryBudget {
  /** How full the memory is, and what that leaves for one connection. */
  public enum Level {
    /** Below 1/20: as much as some twenty unread downloads hold. */
    FREE(0, ReadSizes.LARGE, 64 << 10, 32),
    /** From 1/20 on: keeps the memory of slow clients from growing with their number. */
    FILLING(50, 64 << 10, 8 << 10, 8),
    /** From 1/12 on: a connection is read only when its peer has accepted everything. */
    SHORT(83, 8 << 10, 0, 0),
    /** From 1/4 on: likewise, in smaller reads. */
    TIGHT(250, 4 << 10, 0, 0),
    /** From 3/4 on: likewise, in the smallest useful reads. */
    SCARCE(750, ReadSizes.SMALL, 0, 0),
    /** From 9/10 on: new exchanges are refused, and the greediest connections are closed. */
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

    /** Whether connections are held back to save memory. */
    public boolean isScarce() {
      return this == SCARCE || this == EXHAUSTED;
    }
  }

  static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Index of a user-defined writability flag: Netty has 31, and nobody else uses any. */
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
   * @param limit in bytes; 0 or less for no limit
   * @param taken bytes that the allocator has allocated, in use or not; read very often
   * @param used bytes in use, at most as many; read rarely
   */
  public MemoryBudget(long limit, LongSupplier taken, LongSupplier used, LongSupplier nanoTime) {
    this.limit = limit;
    this.taken = taken;
    this.used = used;
    this.nanoTime = nanoTime;
    this.sampledAt = nanoTime.getAsLong() - SAMPLE_NANOS;
  }

  /** The limit in bytes. */
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

  /** Most bytes that one read may request. */
  public int maxRead() {
    return level().maxRead;
  }

  /** Number of bytes by which usage exceeds the point at which connections are held back. */
  public long excess() {
    return Math.max(0, used.getAsLong() - limit / 1000 * Level.SCARCE.fromPermille);
  }

  /**
   * Returns whether a connection may be given more bytes to write, given what is already pending.
   * If not, its {@code channelWritabilityChanged} signals when it may again. Must be called on its
   * event loop, after a flush.
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
    // A piece may be one byte in the buffer of a whole read, so their number is limited, too.
    if (pieces <= level.maxPieces && out.totalPendingWriteBytes() <= level.maxWaiting) {
      return true;
    }
    out.setUserDefinedWritability(DRAINED, false);
    sink.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(drained -> out.setUserDefinedWritability(DRAINED, true));
    return false;
  }

  /** Approximate number of bytes pending in a connection; on its event loop. */
  public static long waiting(Channel connection) {
    ChannelOutboundBuffer out = connection.unsafe().outboundBuffer();
    return out == null
        ? 0
        : Math.max(out.totalPendingWriteBytes(), (long) out.size() * ReadSizes.SMALL);
  }
}
