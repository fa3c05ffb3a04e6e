package io.harborgateway.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.metrics.Meters;
import io.harborgateway.relay.RelayBuffers;
import io.harborgateway.tcp.TcpService;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.InheritedSockets;
import io.harborgateway.transport.LoopLocal;
import io.harborgateway.transport.MemoryRelief;
import io.harborgateway.transport.Transport;
import io.harborgateway.upstream.Connector;
import io.harborgateway.upstream.Upstream;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** With two event loops, which on epoll have a listening socket each. */
@ParameterizedClass
@EnumSource(Transport.class)
@Timeout(60)
class ListenerTest {
  @Parameter Transport transport = Transport.EPOLL;

  private final Meters meters = new Meters();
  private final ConnectionLimits limits = new ConnectionLimits(1000, 0);
  private final LoopLocal<RelayBuffers> buffers = new LoopLocal<>(RelayBuffers::new);
  private EventLoopGroup loops;
  private Origin origin;

  @BeforeEach
  void start() {
    loops = transport.newEventLoops(2, "listener-test");
    origin = Origin.start(Behaviours.echoBytes());
  }

  @AfterEach
  void stop() {
    loops.shutdownGracefully(1, 2_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    buffers.values().forEach(RelayBuffers::close);
    origin.close();
  }

  private Listener listener(InetSocketAddress address) throws IOException {
    return new Listener("tcp", address, pathTo(origin), meters.listener("tcp"));
  }

  private ConnectionPath pathTo(Origin target) throws IOException {
    var upstream =
        new Upstream(
            new Upstream.Settings(
                "127.0.0.1", target.port(), null, "o", Duration.ofSeconds(5), 0, Duration.ZERO));
    upstream.resolve();
    var service =
        new TcpService(
            "tcp",
            upstream,
            meters.upstream("o"),
            new Connector(transport),
            new LoopLocal<>(Deadlines::new),
            buffers,
            new LoopLocal<>(loop -> new MemoryRelief(loop, Buffers.budget())),
            Duration.ofMinutes(1),
            meters.listener("tcp"));
    return ConnectionPath.tcp(service);
  }

  private Listener bound(InetSocketAddress address) throws IOException {
    Listener listener = listener(address);
    listener.bind(transport, loops, new InheritedSockets(), limits, meters);
    return listener;
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  private static void echo(InetSocketAddress address) throws IOException {
    try (var client = RawClient.connect(address).timeout(Duration.ofSeconds(10))) {
      client.send("x").shutdownOutput();
      assertThat(client.readToEnd()).startsWith("x");
    }
  }

  @Test
  void everyConnectionIsServedWhicheverEventLoopHasIt() throws IOException {
    try (var listener = bound(loopback(0))) {
      for (int i = 0; i < 50; i++) {
        echo(listener.address());
      }
      Await.until("all are counted out", () -> limits.open() == 0);
      assertThat(meters.scrape())
          .contains("harbor_gateway_connections_accepted_total{listener=\"tcp\"} 50.0");
    }
  }

  @Test
  void aPortOnWhichSomebodyListensCanNotBeBound() throws IOException {
    try (var other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      refuses(loopback(other.getLocalPort()));
    }
  }

  /** Another gateway's sockets have SO_REUSEPORT as well, and the kernel would let it join them. */
  @Test
  void aPortOfAnotherGatewayCanNotBeBound() throws IOException {
    try (var other = bound(loopback(0))) {
      refuses(other.address());
      echo(other.address());
    }
  }

  private void refuses(InetSocketAddress address) throws IOException {
    try (var listener = listener(address)) {
      assertThatThrownBy(
              () -> listener.bind(transport, loops, new InheritedSockets(), limits, meters))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("listener tcp: 127.0.0.1:" + address.getPort())
          .hasMessageContaining("in use");
      assertThat(listener.isBound()).isFalse();
      assertThatThrownBy(() -> listener.tryAddress(transport))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("listener tcp: 127.0.0.1:" + address.getPort())
          .hasMessageContaining("in use");
    }
  }

  @Test
  void anAddressThatIsTriedTakesNoConnectionAndCanBeBoundThen() throws IOException {
    InetSocketAddress address = loopback(FreePorts.loopback(1).getFirst());
    try (var listener = listener(address)) {
      listener.tryAddress(transport);
      assertThat(listener.isBound()).isFalse();
      assertThatThrownBy(() -> RawClient.connect(address).close())
          .isInstanceOf(ConnectException.class);
      listener.bind(transport, loops, new InheritedSockets(), limits, meters);
      echo(address);
    }
  }

  @Test
  void closedItLeavesItsPortAndItsConnections() throws IOException {
    var listener = bound(loopback(0));
    InetSocketAddress address = listener.address();
    try (var client = RawClient.connect(address).timeout(Duration.ofSeconds(10))) {
      client.send("x").read(1);
      listener.close();
      assertThat(listener.isBound()).isFalse();
      Await.until("nobody listens", () -> !accepts(address)); // NIO closes at its next select
      client.send("y").read(1);
      try (var again = bound(address)) {
        echo(again.address());
      }
    }
  }

  private static boolean accepts(InetSocketAddress address) {
    try {
      RawClient.connect(address).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void oneBeyondTheLimitIsResetUntilAnotherCloses() throws IOException {
    var one = new ConnectionLimits(1, 1);
    try (var listener = listener(loopback(0))) {
      listener.bind(transport, loops, new InheritedSockets(), one, meters);
      try (var first = RawClient.connect(listener.address()).timeout(Duration.ofSeconds(10))) {
        first.send("x").read(1);
        assertThatThrownBy(() -> echo(listener.address())).isInstanceOf(IOException.class);
        first.send("y").read(1);
      }
      Await.until("its place is free", () -> one.open() == 0);
      echo(listener.address());
    }
  }

  @Test
  void aPathThatIsReplacedIsThatOfConnectionsAcceptedLater() throws IOException {
    try (var other = Origin.start(Behaviours.closeAfter("other"));
        var listener = bound(loopback(0));
        var first = RawClient.connect(listener.address()).timeout(Duration.ofSeconds(10))) {
      first.send("x").read(1);
      listener.use(pathTo(other));
      for (int i = 0; i < 10; i++) { // whichever event loop has it
        try (var second = RawClient.connect(listener.address()).timeout(Duration.ofSeconds(10))) {
          assertThat(second.send("x").readToEnd()).isEqualTo("other");
        }
      }
      assertThat(first.send("y").read(1)).isEqualTo("y");
    }
  }

  @Test
  void aPathOfAnotherKindNeedsAnotherListener() throws IOException {
    var http = new ConnectionPath(new ChannelInboundHandlerAdapter(), false, null);
    try (var listener = bound(loopback(0))) {
      assertThatThrownBy(() -> listener.use(http))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("listener tcp: ");
      echo(listener.address());
    }
  }
}
