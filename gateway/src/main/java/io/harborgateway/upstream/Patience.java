package io.harborgateway.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A clock that measures only time in which an answer could have been noticed. While the process
 * stands still, because of a JVM pause or lack of CPU, nothing can be read, so that time does not
 * count: the clock ticks, and a late tick counts as one on time. Confined to its event loop.
 */
final class Patience {
  static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final EventLoop loop;
  private final LongSupplier nanoTime;
  private final Runnable onTick;
  private @Nullable Future<?> next;
  private long spentNanos;
  private long tickedAt;

  /**
   * Creates a running clock.
   *
   * @param onTick called after each tick, until it is {@linkplain #stop stopped}
   */
  Patience(EventLoop loop, LongSupplier nanoTime, Runnable onTick) {
    this.loop = loop;
    this.nanoTime = nanoTime;
    this.onTick = onTick;
    this.tickedAt = nanoTime.getAsLong();
    schedule();
  }

  long spentNanos() {
    return spentNanos;
  }

  void stop() {
    if (next != null) {
      next.cancel(false);
    }
  }

  private void schedule() {
    next = loop.schedule(this::tick, TICK_NANOS, TimeUnit.NANOSECONDS);
  }

  private void tick() {
    schedule(); // before the callback, which may stop it
    long now = nanoTime.getAsLong();
    // Up to twice the tick is normal jitter.
    spentNanos += Math.min(now - tickedAt, 2 * TICK_NANOS);
    tickedAt = now;
    onTick.run();
  }
}
