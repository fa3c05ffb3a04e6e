package io.harborgateway.control;

import io.harborgateway.config.NodeConfig;
import io.harborgateway.listen.ConnectionLimits;
import io.harborgateway.metrics.Meters;
import io.harborgateway.relay.RelayBuffers;
import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.Deadlines;
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
 * What all connections of the process share: event loops, time limits, the connector, counts.
 *
 * @param checks the one event loop of the health checks: a check that waited for the traffic of an
 *     event loop would take a busy gateway for a dead upstream
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
    Predicate<InetAddress> trustedProxies,
    Meters meters)
    implements AutoCloseable {

  static DataPlane of(Snapshot snapshot, Meters meters) {
    Transport transport = transport(snapshot.config().node());
    int loops = snapshot.config().node().eventLoops();
    int threads = loops == 0 ? Runtime.getRuntime().availableProcessors() : loops;
    var limits = snapshot.config().limits();
    var proxies = snapshot.config().http().trustedProxies();
    Predicate<InetAddress> trusted =
        address -> proxies.stream().anyMatch(cidr -> cidr.contains(address));
    int max = DescriptorBudget.of(snapshot.config(), threads).connections(limits.maxConnections());
    int kept = proxies.isEmpty() ? 0 : Math.toIntExact((long) max * limits.trustedShare() / 100);
    return new DataPlane(
        transport,
        transport.newEventLoops(threads, "gateway"),
        transport.newEventLoops(1, "checks"),
        new Connector(transport),
        new LoopLocal<>(Deadlines::new),
        new LoopLocal<>(RelayBuffers::new),
        new LoopLocal<>(loop -> new MemoryRelief(loop, Buffers.budget())),
        new ConnectionLimits(max, limits.maxConnectionsPerClient(), kept, trusted),
        trusted,
        meters);
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

  /** Closes every connection that is left and ends the event loops. */
  @Override
  public void close() {
    checks.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
    // Some quiet time, without which a loop that runs tasks just now ends and closes nothing.
    eventLoops
        .shutdownGracefully(1, 2_000, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(3, TimeUnit.SECONDS);
    buffers.values().forEach(RelayBuffers::close); // whose event loops have ended
  }
}
