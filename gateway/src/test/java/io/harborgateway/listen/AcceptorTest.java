package io.harborgateway.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.metrics.Meters;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AcceptorTest {
  private final Meters meters = new Meters();
  private final EmbeddedChannel listening = new EmbeddedChannel();
  private final List<Channel> initialized = new ArrayList<>();
  private ConnectionPath path = path(initialized, true);

  @AfterEach
  void close() {
    listening.finishAndReleaseAll();
  }

  /** A connection as it is accepted: with no event loop yet. */
  private static final class Accepted extends EmbeddedChannel {
    private final String client;

    Accepted(String client) {
      super(DefaultChannelId.newInstance(), false, false);
      this.client = client;
    }

    @Override
    public SocketAddress remoteAddress() {
      return new InetSocketAddress(client, 50_000);
    }
  }

  private static ConnectionPath path(List<Channel> initialized, boolean allowHalfClosure) {
    var initializer =
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel connection) {
            initialized.add(connection);
          }
        };
    return new ConnectionPath(initializer, allowHalfClosure, null);
  }

  private void limits(int maxConnections, int maxPerClient) {
    listening
        .pipeline()
        .addLast(
            new Acceptor(
                listening.eventLoop(),
                () -> path,
                new Admission(
                    new ConnectionLimits(maxConnections, maxPerClient),
                    meters.listener("https"),
                    meters)));
  }

  private Channel accept(String client) {
    var connection = new Accepted(client);
    listening.writeInbound(connection);
    return connection;
  }

  @Test
  void aConnectionWithinTheLimitsIsInitializedAndReadsNothingUnasked() {
    limits(2, 0);
    Channel connection = accept("192.0.2.1");
    assertThat(initialized).containsExactly(connection);
    assertThat(connection.isActive()).isTrue();
    assertThat(connection.config().isAutoRead()).isFalse();
    assertThat(meters.scrape())
        .contains("harbor_gateway_connections_accepted_total{listener=\"https\"} 1.0");
  }

  @Test
  void oneBeyondTheLimitOfAllIsClosedUntilAnotherCloses() {
    limits(1, 0);
    Channel first = accept("192.0.2.1");
    assertThat(accept("192.0.2.2").isOpen()).isFalse();
    assertThat(initialized).containsExactly(first);
    assertThat(meters.scrape())
        .contains("harbor_gateway_connections_refused_total{limit=\"all\",listener=\"https\"} 1.0");
    first.close();
    assertThat(accept("192.0.2.2").isOpen()).isTrue();
  }

  @Test
  void oneBeyondTheLimitOfItsClientIsClosedUntilAnotherCloses() {
    limits(10, 1);
    Channel first = accept("192.0.2.1");
    assertThat(accept("192.0.2.1").isOpen()).isFalse();
    assertThat(accept("192.0.2.2").isOpen()).isTrue();
    assertThat(meters.scrape())
        .contains(
            "harbor_gateway_connections_refused_total{limit=\"client\",listener=\"https\"} 1.0");
    first.close();
    assertThat(accept("192.0.2.1").isOpen()).isTrue();
  }

  @Test
  void aPathThatIsReplacedIsThatOfTheNextConnection() {
    limits(10, 0);
    Channel first = accept("192.0.2.1");
    List<Channel> later = new ArrayList<>();
    path = path(later, false);
    Channel second = accept("192.0.2.1");
    assertThat(initialized).containsExactly(first);
    assertThat(later).containsExactly(second);
  }

  @Test
  void acceptingPausesForASecondWhenDescriptorsRunOut() {
    limits(1, 0);
    listening.freezeTime();
    listening.pipeline().fireExceptionCaught(new IOException("accept: Too many open files"));
    assertThat(listening.config().isAutoRead()).isFalse();
    assertThat(meters.scrape())
        .contains("harbor_gateway_accept_paused_total{reason=\"out_of_descriptors\"} 1.0");
    listening.advanceTimeBy(999, TimeUnit.MILLISECONDS);
    listening.runPendingTasks();
    assertThat(listening.config().isAutoRead()).isFalse();
    listening.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    listening.runPendingTasks();
    assertThat(listening.config().isAutoRead()).isTrue();
  }
}
