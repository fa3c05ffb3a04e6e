package io.harborgateway.benchmarks.load;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * {@link Slice.Kind#RATE}: requests are due at fixed times. One that finds no idle connection waits
 * for the next one, and that time counts: a proxy that stalls is not spared the requests that it
 * kept from being sent.
 */
final class RateLoad extends Load {
  private final EventLoop loop;
  private final long intervalNanos;
  private final Deque<ExchangeHandler> idle = new ArrayDeque<>();
  private final Deque<Long> late = new ArrayDeque<>();
  private int connected;
  private long next;

  RateLoad(Slice slice, Dialer dialer, EventLoop loop) {
    super(slice, dialer);
    this.loop = loop;
    this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / slice.ratePerSecond();
  }

  @Override
  void start() {
    for (int i = 0; i < slice.connections(); i++) {
      dial("", request -> new ExchangeHandler(this, this::ready, request));
    }
  }

  private void ready(ExchangeHandler connection) {
    if (late.isEmpty()) {
      // The one used last waits longest: all of them are used.
      idle.addLast(connection);
    } else {
      connection.send(late.removeFirst());
    }
    if (connected < slice.connections() && ++connected == slice.connections()) {
      next = System.nanoTime();
      sendDue();
    }
  }

  private void sendDue() {
    if (isStopped() || failure() != null) {
      return;
    }
    long now = System.nanoTime();
    for (; next <= now; next += intervalNanos) {
      ExchangeHandler connection = idle.pollFirst();
      if (connection == null) {
        late.addLast(next);
      } else {
        connection.send(next);
      }
    }
    if (late.size() > slice.ratePerSecond()) {
      fail("more than a second behind %d requests/s".formatted(slice.ratePerSecond()));
    }
    loop.schedule(this::sendDue, next - System.nanoTime(), TimeUnit.NANOSECONDS);
  }
}
