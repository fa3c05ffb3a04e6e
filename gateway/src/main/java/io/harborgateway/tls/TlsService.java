package io.harborgateway.tls;

import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.transport.LoopLocal;
import io.harborgateway.transport.MemoryRelief;
import io.netty.channel.ChannelHandler;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of one TLS listener share. Safe for use by any event loop.
 *
 * @param routes returns the current snapshot
 * @param refusal why an instance can't be served now, or null: handshakes fail meanwhile
 * @param timeout limit of the time to the ClientHello, and again of the handshake
 */
public record TlsService(
    Supplier<RouteTable> routes,
    Function<Instance, @Nullable String> refusal,
    TlsContexts contexts,
    Duration timeout,
    LoopLocal<MemoryRelief> relief,
    ListenerMeters meters) {
  /** Returns the first handler of a new connection, which the TLS handler replaces. */
  public ChannelHandler newSniRouter() {
    return new SniRouter(routes, refusal, contexts, timeout, relief);
  }

  /**
   * Returns the handler behind it.
   *
   * @param next makes the handler of what TLS carries; see {@link TlsHandshake}
   */
  public ChannelHandler newHandshake(Function<Instance, ChannelHandler> next) {
    return new TlsHandshake(meters, next);
  }
}
