package io.harborgateway.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.metrics.Meters;
import io.harborgateway.relay.RelayBuffers;
import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.LoopLocal;
import io.harborgateway.transport.MemoryRelief;
import io.harborgateway.transport.Transport;
import io.harborgateway.upstream.Connector;
import io.harborgateway.upstream.Upstream;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TcpFrontTest {
  private final Meters meters = new Meters();

  /** Forwards to an upstream that was not resolved, so that a dial is refused at once. */
  private TcpService refused() {
    var upstream =
        new Upstream(
            new Upstream.Settings(
                "nginx", 1, null, "nginx", Duration.ofSeconds(1), 0, Duration.ofSeconds(90)));
    return new TcpService(
        "ssh",
        upstream,
        meters.upstream("ssh"),
        new Connector(Transport.NIO),
        new LoopLocal<>(Deadlines::new),
        new LoopLocal<>(RelayBuffers::new),
        new LoopLocal<>(loop -> new MemoryRelief(loop, Buffers.budget())),
        Duration.ofMinutes(1),
        meters.listener("ssh"));
  }

  @Test
  void theClientIsClosedAndCountedWhenTheDialIsRefused() {
    var client = new EmbeddedChannel();
    client.pipeline().addLast(refused().newFront());
    client.runPendingTasks();
    assertThat(client.isOpen()).isFalse();
    assertThat(client.outboundMessages()).as("sent to the client").isEmpty();
    assertThat(meters.scrape())
        .contains(
            "harbor_gateway_upstream_dials_total{outcome=\"upstream_refused\",upstream=\"ssh\"} 1.0")
        .contains("harbor_gateway_failures_total{code=\"upstream_refused\",listener=\"ssh\"} 1.0");
    client.finishAndReleaseAll();
  }
}
