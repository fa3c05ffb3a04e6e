package io.harborgateway.http;

import io.harborgateway.metrics.UpstreamMeters;
import io.harborgateway.transport.LoopLocal;
import io.harborgateway.upstream.Pool;
import io.harborgateway.upstream.Upstream;
import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An upstream with its pooled connections, one pool per event loop. Thread-safe. */
public final class UpstreamPools {
  private final Upstream upstream;
  private final UpstreamMeters meters;
  private final LoopLocal<Pool<Http1Upstream>> pools;
  private final Supplier<Integer> idle = this::idle;
  private final AtomicBoolean retired = new AtomicBoolean();

  /**
   * @param meters closed when this is {@linkplain #retire retired}
   */
  public UpstreamPools(Upstream upstream, UpstreamMeters meters) {
    this.upstream = upstream;
    this.meters = meters;
    this.pools =
        new LoopLocal<>(loop ->
            new Pool<>(loop, upstream.settings().maxIdleConnections(), upstream::connectionLost));
    meters.showIdle(idle);
  }

  private int idle() {
    return pools.values().stream().mapToInt(Pool::size).sum();
  }

  /**
   * Retires the upstream, which was replaced or removed: idle connections are closed at once,
   * others when their exchange has completed. Further calls do nothing. For any thread.
   *
   * @param loops all event loops
   */
  public void retire(Iterable<EventLoop> loops) {
    if (retired.getAndSet(true)) {
      return;
    }
    for (EventLoop loop : loops) {
      loop.execute(() -> pool(loop).retire().forEach(Http1Upstream::abort));
    }
    meters.hideIdle(idle);
    meters.close();
  }

  /**
   * The upstream's name now resolves elsewhere: idle connections to addresses that are gone are
   * closed. An exchange on one goes on to its end, after which its connection is not kept. For any
   * thread.
   *
   * @param loops all event loops
   */
  public void moved(Iterable<EventLoop> loops) {
    for (EventLoop loop : loops) {
      loop.execute(() ->
          pool(loop)
              .takeAll(each -> !upstream.isAt(each.channel().remoteAddress()))
              .forEach(Http1Upstream::abort));
    }
  }

  public Upstream upstream() {
    return upstream;
  }

  public UpstreamMeters meters() {
    return meters;
  }

  /**
   * Returns a new stream for an exchange on {@code loop}; for the arguments, see its constructor.
   */
  UpstreamStream open(HttpService service, Exchange exchange, EventLoop loop, boolean idempotent) {
    return new Http1UpstreamStream(service, this, exchange, loop, idempotent);
  }

  /** Returns the pool of {@code loop}, which is confined to it. */
  Pool<Http1Upstream> pool(EventLoop loop) {
    return pools.get(loop);
  }

  /** Takes an idle connection that is still open, or null. On {@code loop}. */
  @Nullable Http1Upstream take(EventLoop loop) {
    Pool<Http1Upstream> pool = pool(loop);
    Http1Upstream connection = pool.take();
    while (connection != null && !connection.isOpen()) {
      connection = pool.take();
    }
    return connection;
  }
}
