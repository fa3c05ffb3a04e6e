package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** With real sockets, since how a FIN and a RST are told is the transport's. */
@ParameterizedClass
@EnumSource(Transport.class)
@Timeout(60)
class RelayTest {
  private record End(long received, long sent, @Nullable String why) {}

  @Parameter Transport transport = Transport.NIO;

  private final CompletableFuture<End> end = new CompletableFuture<>();
  private Loop loop;
  private Loop.Connection front;
  private Loop.Connection upstream;

  @BeforeEach
  void connect() throws Exception {
    loop = new Loop(transport);
    front = loop.connect();
    upstream = loop.connect();
  }

  @AfterEach
  void close() throws Exception {
    front.close();
    upstream.close();
    loop.close();
  }

  private void start(Duration inactivity) throws Exception {
    loop.run(() ->
        new Relay(
                front.channel(),
                upstream.channel(),
                inactivity,
                new Deadlines(loop.loop()),
                (received, sent, why) -> end.complete(new End(received, sent, why)))
            .start());
  }

  private void start() throws Exception {
    start(Duration.ofMinutes(5));
  }

  private End end() throws Exception {
    return end.get(10, TimeUnit.SECONDS);
  }

  private static void send(Socket socket, String text) throws Exception {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String read(Socket socket, int bytes) throws Exception {
    return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.ISO_8859_1);
  }

  private static String readToEnd(Socket socket) throws Exception {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private static void reset(Socket socket) throws Exception {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private static void expectReset(Socket socket) {
    assertThatThrownBy(() -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  @Test
  void bytesGoBothWays() throws Exception {
    start();
    send(front.peer(), "question");
    assertThat(read(upstream.peer(), 8)).isEqualTo("question");
    send(upstream.peer(), "answer");
    assertThat(read(front.peer(), 6)).isEqualTo("answer");
  }

  @Test
  void theClientsFinLeavesTheOtherDirectionOpen() throws Exception {
    start();
    send(front.peer(), "all I have");
    front.peer().shutdownOutput();
    assertThat(readToEnd(upstream.peer())).isEqualTo("all I have");
    send(upstream.peer(), "late answer");
    upstream.peer().shutdownOutput();
    assertThat(readToEnd(front.peer())).isEqualTo("late answer");
    assertThat(end()).isEqualTo(new End(10, 11, null));
    loop.await("both are closed", () -> !front.channel().isOpen() && !upstream.channel().isOpen());
  }

  @Test
  void aLargeAnswerFollowsTheClientsFin() throws Exception {
    start();
    front.peer().shutdownOutput();
    assertThat(readToEnd(upstream.peer())).isEmpty();
    long bytes = 32L << 20;
    var sent = CompletableFuture.runAsync(() -> write(upstream.peer(), bytes));
    loop.await("the client is full", () -> !front.channel().isWritable());
    front.peer().getInputStream().skipNBytes(bytes);
    sent.get(10, TimeUnit.SECONDS);
    upstream.peer().shutdownOutput();
    assertThat(readToEnd(front.peer())).isEmpty();
    assertThat(end()).isEqualTo(new End(0, bytes, null));
  }

  @Test
  void theUpstreamsFinLeavesTheOtherDirectionOpen() throws Exception {
    start();
    send(upstream.peer(), "banner");
    upstream.peer().shutdownOutput();
    assertThat(readToEnd(front.peer())).isEqualTo("banner");
    send(front.peer(), "late question");
    front.peer().shutdownOutput();
    assertThat(readToEnd(upstream.peer())).isEqualTo("late question");
    assertThat(end()).isEqualTo(new End(13, 6, null));
  }

  @Test
  void theClientsResetIsPassedOn() throws Exception {
    start();
    send(front.peer(), "x");
    assertThat(read(upstream.peer(), 1)).isEqualTo("x");
    reset(front.peer());
    expectReset(upstream.peer());
    assertThat(end().why()).isNotNull();
  }

  @Test
  void theUpstreamsResetIsPassedOn() throws Exception {
    start();
    send(front.peer(), "x");
    assertThat(read(upstream.peer(), 1)).isEqualTo("x");
    reset(upstream.peer());
    expectReset(front.peer());
    assertThat(end().why()).isNotNull();
  }

  @Test
  void nothingIsReadThatThePeerDoesNotTake() throws Exception {
    start();
    long bytes = 64L << 20;
    var sent = CompletableFuture.runAsync(() -> write(front.peer(), bytes));
    loop.await("the upstream is full", () -> !upstream.channel().isWritable());
    for (int i = 0; i < 100; i++) {
      assertThat(loop.call(this::waiting)).isLessThan(256L << 10);
    }
    assertThat(sent).isNotDone();

    InputStream in = upstream.peer().getInputStream();
    in.skipNBytes(bytes);
    sent.get(10, TimeUnit.SECONDS);
  }

  private long waiting() {
    var buffer = upstream.channel().unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
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

  @Test
  void closesWhenNoByteMovesForTheInactivityLimit() throws Exception {
    start(Duration.ofMillis(200));
    assertThat(front.peer().getInputStream().read()).isEqualTo(-1);
    assertThat(upstream.peer().getInputStream().read()).isEqualTo(-1);
    assertThat(end().why()).contains("no byte");
  }

  @Test
  void cutsAReaderThatHasStopped() throws Exception {
    start(Duration.ofMillis(200));
    var sent = CompletableFuture.runAsync(() -> write(front.peer(), 64L << 20));
    assertThat(end().why()).contains("no byte");
    assertThatThrownBy(() -> sent.get(10, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(SocketException.class);
  }

  /** Here a FIN ends both directions, as it does on an HTTP connection. */
  @Test
  void aSideThatIsGoneAsAWholeIsNotWaitedForWhenTheOtherTakesNothing() throws Exception {
    loop.run(() -> front.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false));
    start(Duration.ofMillis(500));
    var sent = CompletableFuture.runAsync(() -> write(front.peer(), 64L << 20));
    loop.await("the upstream is full", () -> !upstream.channel().isWritable());
    loop.run(() -> front.channel().close());
    end();
    loop.await("the upstream was given up", () -> !upstream.channel().isOpen());
    assertThat(sent).failsWithin(Duration.ofSeconds(10));
  }
}
