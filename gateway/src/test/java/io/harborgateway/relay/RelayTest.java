package io.harborgateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.Await;
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
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** With real sockets, since how a FIN and a RST are told is the transport's. */
@ParameterizedClass
@EnumSource(RelayStand.Way.class)
@Timeout(60)
class RelayTest {
  /** A pipe full, or what Netty has of a channel's high water mark and a read. */
  private static final long MAX_WAITING = 1L << 20;

  @Parameter RelayStand.Way way = RelayStand.Way.STREAMS;

  private RelayStand stand;

  @BeforeEach
  void connect() throws Exception {
    stand = new RelayStand(way);
  }

  @AfterEach
  void close() throws Exception {
    stand.close();
  }

  private void start() throws Exception {
    stand.start(Duration.ofMinutes(5));
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
    send(stand.front(), "question");
    assertThat(read(stand.upstream(), 8)).isEqualTo("question");
    send(stand.upstream(), "answer");
    assertThat(read(stand.front(), 6)).isEqualTo("answer");
  }

  @Test
  void theClientsFinLeavesTheOtherDirectionOpen() throws Exception {
    start();
    send(stand.front(), "all I have");
    stand.front().shutdownOutput();
    assertThat(readToEnd(stand.upstream())).isEqualTo("all I have");
    send(stand.upstream(), "late answer");
    stand.upstream().shutdownOutput();
    assertThat(readToEnd(stand.front())).isEqualTo("late answer");
    assertThat(stand.end()).isEqualTo(new RelayStand.End(10, 11, null));
    Await.until("both are closed", () -> !stand.isOpen());
  }

  @Test
  void aLargeAnswerFollowsTheClientsFin() throws Exception {
    start();
    stand.front().shutdownOutput();
    assertThat(readToEnd(stand.upstream())).isEmpty();
    long bytes = 32L << 20;
    var sent = CompletableFuture.runAsync(() -> write(stand.upstream(), bytes));
    awaitBlocked();
    stand.front().getInputStream().skipNBytes(bytes);
    sent.get(10, TimeUnit.SECONDS);
    stand.upstream().shutdownOutput();
    assertThat(readToEnd(stand.front())).isEmpty();
    assertThat(stand.end()).isEqualTo(new RelayStand.End(0, bytes, null));
  }

  @Test
  void theUpstreamsFinLeavesTheOtherDirectionOpen() throws Exception {
    start();
    send(stand.upstream(), "banner");
    stand.upstream().shutdownOutput();
    assertThat(readToEnd(stand.front())).isEqualTo("banner");
    send(stand.front(), "late question");
    stand.front().shutdownOutput();
    assertThat(readToEnd(stand.upstream())).isEqualTo("late question");
    assertThat(stand.end()).isEqualTo(new RelayStand.End(13, 6, null));
  }

  @Test
  void theClientsResetIsPassedOn() throws Exception {
    start();
    send(stand.front(), "x");
    assertThat(read(stand.upstream(), 1)).isEqualTo("x");
    reset(stand.front());
    expectReset(stand.upstream());
    assertThat(stand.end().why()).isNotNull();
  }

  @Test
  void theUpstreamsResetIsPassedOn() throws Exception {
    start();
    send(stand.front(), "x");
    assertThat(read(stand.upstream(), 1)).isEqualTo("x");
    reset(stand.upstream());
    expectReset(stand.front());
    assertThat(stand.end().why()).isNotNull();
  }

  /** Whether a read or a write meets the reset first is a matter of luck: so several times. */
  @RepeatedTest(5)
  void anAnswerAheadOfTheUpstreamsResetIsDeliveredToOneThatStillSends() throws Exception {
    start();
    var sent = CompletableFuture.runAsync(() -> write(stand.front(), 64L << 20));
    assertThat(read(stand.upstream(), 100_000)).hasSize(100_000);
    send(stand.upstream(), "refused".repeat(3000));
    reset(stand.upstream());
    assertThat(read(stand.front(), 21_000)).isEqualTo("refused".repeat(3000));
    assertThat(sent).as("told of the reset").failsWithin(Duration.ofSeconds(10));
    assertThat(stand.end()).extracting(RelayStand.End::sent).isEqualTo(21_000L);
    assertThat(stand.end().why()).isNotNull();
  }

  @Test
  void anAnswerAheadOfTheUpstreamsResetIsDeliveredToOneThatReadsLate() throws Exception {
    start();
    var sent = CompletableFuture.runAsync(() -> write(stand.upstream(), 64L << 20));
    awaitBlocked();
    reset(stand.upstream());
    assertThat(sent).failsWithin(Duration.ofSeconds(10));
    TimeUnit.MILLISECONDS.sleep(100);
    assertThat(stand.isOpen()).as("bytes wait for the reader").isTrue();
    expectReset(stand.front());
    assertThat(stand.end().why()).isNotNull();
  }

  @Test
  void nothingIsReadThatThePeerDoesNotTake() throws Exception {
    start();
    long bytes = 64L << 20;
    var sent = CompletableFuture.runAsync(() -> write(stand.front(), bytes));
    awaitBlocked();
    for (int i = 0; i < 100; i++) {
      assertThat(stand.waiting()).isLessThanOrEqualTo(MAX_WAITING);
    }
    assertThat(sent).isNotDone();

    InputStream in = stand.upstream().getInputStream();
    in.skipNBytes(bytes);
    sent.get(10, TimeUnit.SECONDS);
  }

  /** Waits until bytes are on the way, and get no more and no less. */
  private void awaitBlocked() {
    var last = new AtomicLong();
    var since = new AtomicLong(System.nanoTime());
    Await.until(
        "the reader is full",
        () -> {
          long now = stand.waiting();
          if (now == 0 || last.getAndSet(now) != now) {
            since.set(System.nanoTime());
          }
          return System.nanoTime() - since.get() > 200_000_000;
        });
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
    stand.start(Duration.ofMillis(200));
    assertThat(stand.front().getInputStream().read()).isEqualTo(-1);
    assertThat(stand.upstream().getInputStream().read()).isEqualTo(-1);
    assertThat(stand.end().why()).contains("no byte");
  }

  @Test
  void cutsAReaderThatHasStopped() throws Exception {
    stand.start(Duration.ofMillis(200));
    var sent = CompletableFuture.runAsync(() -> write(stand.front(), 64L << 20));
    assertThat(stand.end().why()).contains("no byte");
    assertThatThrownBy(() -> sent.get(10, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(SocketException.class);
    expectReset(stand.upstream()); // an end would say that all had come
  }
}
