package io.harborgateway.tls;

import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.transport.LoopLocal;
import io.harborgateway.transport.MemoryRelief;
import io.netty.channel.ChannelHandler;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of one TLS listener share. Safe for use on any event loop.
 *
 * @param routes returns the current snapshot
 * @param refusal returns why an instance can't be served now, or null; handshakes with it fail then
 * @param clientAuth returns what is demanded of clients of an instance; null: nothing
 * @param timeout limit of the time to the ClientHello, and again of the handshake
 */
public record TlsService(
    Supplier<RouteTable> routes,
    Function<Instance, @Nullable String> refusal,
    TlsContexts contexts,
    HandshakeLimits limits,
    Function<Instance, @Nullable ClientAuth> clientAuth,
    Duration timeout,
    LoopLocal<MemoryRelief> relief,
    ListenerMeters meters) {
  /** Returns the first handler of a new connection, later replaced by the TLS handler. */
  public ChannelHandler newSniRouter() {
    return new SniRouter(routes, refusal, contexts, limits, clientAuth, timeout, relief);
  }

  /**
   * Returns the handler behind the first one.
   *
   * @param next creates the handler of the protocol inside TLS; see {@link TlsHandshake}
   */
  public ChannelHandler newHandshake(
      BiFunction<Instance, @Nullable X509Certificate, ChannelHandler> next) {
    return new TlsHandshake(meters, next);
  }
}
