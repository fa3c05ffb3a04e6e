package io.harborgateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.Loop;
import io.harborgateway.transport.MemoryRelief;
import io.harborgateway.transport.Transport;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only a relay of channels has; see {@link RelayTest} for the rest. */
@Timeout(60)
class RelayOfChannelsTest {
  /** Here a FIN ends both directions, as it does on an HTTP connection. */
  @ParameterizedTest
  @EnumSource(Transport.class)
  void aSideThatIsGoneAsAWholeIsNotWaitedForWhenTheOtherTakesNothing(Transport transport)
      throws Exception {
    try (var loop = new Loop(transport);
        var front = loop.connect();
        var upstream = loop.connect()) {
      var end = new CompletableFuture<Boolean>();
      loop.run(() -> front.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false));
      loop.run(() ->
          new Relay(
                  front.channel(),
                  upstream.channel(),
                  Duration.ofMillis(500),
                  new Deadlines(loop.loop()),
                  new MemoryRelief(loop.loop(), Buffers.budget()),
                  (received, sent, why) -> end.complete(true))
              .start());
      var sent = CompletableFuture.runAsync(() -> write(front.peer(), 64L << 20));
      loop.await("the upstream is full", () -> !upstream.channel().isWritable());
      loop.run(() -> front.channel().close());
      assertThat(end).succeedsWithin(Duration.ofSeconds(10));
      loop.await("the upstream was given up", () -> !upstream.channel().isOpen());
      assertThat(sent).failsWithin(Duration.ofSeconds(10));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CHANNELS_ON_EPOLL", "CHANNELS_ON_NIO"})
  void oneThatHoldsMuchEndsWhenMemoryIsExhausted(RelayStand.Way way) throws Exception {
    try (var stand = new RelayStand(way).start(Duration.ofMinutes(1))) {
      var sent = CompletableFuture.runAsync(() -> write(stand.front(), 64L << 20));
      Await.until("bytes wait", () -> stand.waiting() > MemoryRelief.GREEDY);
      stand.memoryUsed(95);
      assertThat(stand.end().why()).contains("memory");
      assertThat(stand.isOpen()).isFalse();
      assertThat(sent).failsWithin(Duration.ofSeconds(10));
    }
  }

  private static void write(Socket socket, long bytes) {
    try {
      byte[] block = new byte[1 << 20];
      for (long written = 0; written < bytes; written += block.length) {
        socket.getOutputStream().write(block);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
