package io.harborgateway.tls;

import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.netty.channel.ChannelHandler;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What all connections of one TLS listener share. Safe for use by any event loop.
 *
 * @param routes returns the current snapshot
 * @param served whether an instance's upstream answers: handshakes fail while it does not
 * @param timeout limit of the time to the ClientHello, and again of the handshake
 */
public record TlsService(
    Supplier<RouteTable> routes,
    Predicate<Instance> served,
    TlsContexts contexts,
    Duration timeout,
    ListenerMeters meters) {
  /** Returns the first handler of a new connection, which the TLS handler replaces. */
  public ChannelHandler newSniRouter() {
    return new SniRouter(routes, served, contexts, timeout);
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
