package io.harborgateway.transport;

import io.harborgateway.pace.PacedLine;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The time limits of the connections of one event loop.
 *
 * <p>A connection sets and clears its limit several times per request, and nearly none ever
 * expires. So setting one is a field write; a tick, scheduled only while there are connections and
 * not before the nearest limit, finds those that have expired. A limit fires up to {@link
 * #TICK_NANOS} late, never early.
 *
 * <p>Confined to its event loop.
 */
public final class Deadlines {
  static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  static final Duration RETRY = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

  private final EventLoop loop;
  private final LongSupplier nanoTime;
  private final PacedLine failures = new PacedLine(LOG, Level.ERROR);
  private Deadline[] deadlines = new Deadline[16];
  private int size;
  private @Nullable ScheduledFuture<?> tick;
  private long tickAt;

  public Deadlines(EventLoop loop) {
    this(loop, System::nanoTime);
  }

  /** For tests, which supply their own clock. */
  public Deadlines(EventLoop loop, LongSupplier nanoTime) {
    this.loop = loop;
    this.nanoTime = nanoTime;
  }

  /**
   * Returns a new, unset time limit, which runs {@code onExpiry} on the event loop each time it
   * expires. It must be {@linkplain Deadline#remove() removed} when its connection closes.
   */
  public Deadline add(Runnable onExpiry) {
    assert loop.inEventLoop();
    var deadline = new Deadline(this, onExpiry, size);
    if (size == deadlines.length) {
      deadlines = Arrays.copyOf(deadlines, size * 2);
    }
    deadlines[size++] = deadline;
    return deadline;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  void remove(Deadline deadline) {
    assert loop.inEventLoop();
    Deadline last = deadlines[--size];
    deadlines[deadline.index] = last;
    last.index = deadline.index;
    deadlines[size] = null;
  }

  /** Makes sure that a tick comes no later than {@code at}. */
  void ensureTick(long at) {
    if (tick != null && tickAt - at <= 0) {
      return;
    }
    if (tick != null) {
      tick.cancel(false);
    }
    long delay = Math.max(at - now(), TICK_NANOS);
    tickAt = now() + delay;
    tick = loop.schedule(this::tick, delay, TimeUnit.NANOSECONDS);
  }

  /**
   * Runs an expired limit's action. One that throws must neither stop the other limits nor lose its
   * own, so it is retried: otherwise its connection would stay as long as the peer likes.
   */
  private void expire(Deadline deadline) {
    deadline.isSet = false;
    try {
      deadline.onExpiry.run();
    } catch (RuntimeException | Error e) {
      // Paced: the same limit may fail again and again, for many connections.
      failures.line().setCause(e).log("a time limit's action failed; it is tried again");
      deadline.after(RETRY);
    }
  }

  private void tick() {
    tick = null;
    long now = now();
    long nearest = Long.MAX_VALUE;
    // Iterates downwards because an expiry may remove deadlines: the last one then moves into the
    // gap.
    for (int i = size - 1; i >= 0; i--) {
      if (i >= size) {
        continue;
      }
      Deadline deadline = deadlines[i];
      if (!deadline.isSet) {
        continue;
      }
      long left = deadline.at - now;
      if (left <= 0) {
        expire(deadline);
        left = deadline.at - now;
      }
      if (deadline.isSet) {
        nearest = Math.min(nearest, left);
      }
    }
    if (nearest != Long.MAX_VALUE) {
      ensureTick(now + nearest);
    }
  }
}
