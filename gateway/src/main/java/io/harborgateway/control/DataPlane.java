package io.harborgateway.control;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.NodeConfig;
import io.harborgateway.config.values.Cidr;
import io.harborgateway.http.ChallengeFiles;
import io.harborgateway.listen.ConnectionLimits;
import io.harborgateway.metrics.Meters;
import io.harborgateway.relay.RelayBuffers;
import io.harborgateway.tls.HandshakeLimits;
import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.InheritedSockets;
import io.harborgateway.transport.LoopLocal;
import io.harborgateway.transport.MemoryRelief;
import io.harborgateway.transport.Transport;
import io.harborgateway.upstream.Connector;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What all connections of the process share: event loops, deadlines, the connector, counters.
 *
 * @param checks the event loop of the health checks: a check that had to wait behind traffic would
 *     mistake a busy gateway for a dead upstream
 */
public record DataPlane(
    Transport transport,
    EventLoopGroup eventLoops,
    EventLoopGroup checks,
    Connector connector,
    LoopLocal<Deadlines> deadlines,
    LoopLocal<RelayBuffers> buffers,
    LoopLocal<MemoryRelief> relief,
    ConnectionLimits limits,
    HandshakeLimits handshakes,
    ChallengeFiles challenges,
    InheritedSockets inherited,
    Meters meters)
    implements AutoCloseable {

  static DataPlane of(GatewayConfig config, InheritedSockets inherited, Meters meters) {
    Transport transport = transport(config.node());
    int loops = config.node().eventLoops();
    int threads = loops == 0 ? Runtime.getRuntime().availableProcessors() : loops;
    var plane =
        new DataPlane(
            transport,
            transport.newEventLoops(threads, "gateway"),
            transport.newEventLoops(1, "checks"),
            new Connector(transport),
            new LoopLocal<>(Deadlines::new),
            new LoopLocal<>(RelayBuffers::new),
            new LoopLocal<>(loop -> new MemoryRelief(loop, Buffers.budget())),
            new ConnectionLimits(config.limits().maxConnections(), 0),
            new HandshakeLimits(),
            new ChallengeFiles(),
            inherited,
            meters);
    plane.use(config);
    return plane;
  }

  /** Switches to the new limits of connections and handshakes, if they have changed. */
  void use(GatewayConfig before, GatewayConfig config) {
    if (!before.limits().equals(config.limits())
        || !before.http().trustedProxies().equals(config.http().trustedProxies())
        || before.listeners().size() != config.listeners().size()) {
      use(config);
    }
  }

  private void use(GatewayConfig config) {
    var section = config.limits();
    List<Cidr> proxies = config.http().trustedProxies();
    int max = DescriptorBudget.of(config, loops().size()).connections(section.maxConnections());
    int kept = proxies.isEmpty() ? 0 : Math.toIntExact((long) max * section.trustedShare() / 100);
    Predicate<InetAddress> trusted =
        address -> proxies.stream().anyMatch(cidr -> cidr.contains(address));
    limits.use(max, section.maxConnectionsPerClient(), kept, trusted);
    handshakes.use(
        new HandshakeLimits.Limits(
            section.maxHandshakes(), section.handshakeRatePerClient(), trusted));
  }

  private static Transport transport(NodeConfig node) {
    return switch (node.transport()) {
      case AUTO -> Transport.best();
      case EPOLL -> Transport.EPOLL;
      case NIO -> Transport.NIO;
    };
  }

  List<EventLoop> loops() {
    List<EventLoop> loops = new ArrayList<>();
    eventLoops.forEach(loop -> loops.add((EventLoop) loop));
    return loops;
  }

  /** Closes all remaining connections and shuts down the event loops. */
  @Override
  public void close() {
    inherited.close();
    checks.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
    // Needs some quiet period: without it, a loop that is running tasks ends without closing
    // anything.
    eventLoops
        .shutdownGracefully(1, 2_000, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(3, TimeUnit.SECONDS);
    buffers.values().forEach(RelayBuffers::close); // their event loops have ended
  }
}
