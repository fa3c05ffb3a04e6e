package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.EmbeddedProxy.Peer;
import io.harborgateway.transport.MemoryRelief;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What connections do while the memory for buffers is filling, and with bodies that trickle. */
class MemoryPressureTest {
  private static final String HOST = "Host: harbor.example.com\r\n";
  private static final String GET = "GET /v2/ HTTP/1.1\r\n" + HOST + "\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\n\r\nok";
  private static final Duration TICK = Duration.ofMillis(MemoryRelief.TICK_MILLIS + 1);
  private static final Duration WINDOW = Duration.ofSeconds(LeastRate.WINDOW_SECONDS);

  private final EmbeddedProxy proxy = EmbeddedProxy.start();
  private final Peer front = proxy.front;
  private final Peer upstream = proxy.upstream();

  @AfterEach
  void close() {
    proxy.close();
  }

  private String failure() {
    return String.valueOf(proxy.log.getLast().failure());
  }

  // ---- exhausted

  @Test
  void newExchangesAreRefusedWhileMemoryIsExhausted() {
    proxy.memoryUsed(90);
    front.send(GET);
    assertThat(upstream.received()).isEmpty();
    assertThat(front.received())
        .startsWith("HTTP/1.1 503 ")
        .contains("\r\nRetry-After: 5\r\n", "\r\nConnection: close\r\n")
        .contains("\"code\":\"UNAVAILABLE\"", "\"cause\":\"out_of_memory\"");
    assertThat(failure()).isEqualTo("out_of_memory");
  }

  @Test
  void whatWasBegunGoesOnWhileMemoryIsExhausted() {
    front.send("PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 4\r\n\r\n");
    proxy.memoryUsed(95);
    front.reads();
    front.send("ab");
    assertThat(front.reads()).isPositive();
    front.send("cd");
    assertThat(upstream.received()).endsWith("abcd");
    upstream.send(OK);
    assertThat(front.received()).isEqualTo(OK);
  }

  @Test
  void aDownloadThatHoldsMuchEndsWhenMemoryIsExhausted() {
    front.send(GET);
    front.takeNothing();
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(50_000));
    proxy.memoryUsed(95);
    upstream.send("x");
    assertThat(front.isOpen()).isTrue();
    proxy.pass(TICK);
    assertThat(front.isOpen()).isFalse();
    assertThat(upstream.isOpen()).isFalse();
    assertThat(failure()).isEqualTo("out_of_memory");
  }

  @Test
  void anUploadThatHoldsMuchIsToldWhenMemoryIsExhausted() {
    upstream.takeNothing();
    proxy.memoryUsed(95 - 10);
    front.send("PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 100000\r\n\r\n" + "x".repeat(50_000));
    proxy.memoryUsed(95);
    proxy.pass(TICK);
    assertThat(front.received()).startsWith("HTTP/1.1 503 ");
    assertThat(front.isEnding()).isTrue();
    assertThat(upstream.isOpen()).isFalse();
  }

  @Test
  void aConnectionThatHoldsLittleIsSpared() {
    front.send(GET);
    proxy.memoryUsed(95);
    front.send(GET); // looked at, and waits
    proxy.pass(TICK);
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    proxy.pass(TICK);
    assertThat(front.isOpen()).isTrue();
  }

  // ---- scarce

  @Test
  void aLargeHeadWaitsWhileMemoryIsScarceAndASmallOneDoesNot() {
    proxy.close();
    var large = EmbeddedProxy.startWithMaxHead(64 << 10);
    try {
      Peer client = large.front;
      large.memoryUsed(80);
      client.send("GET / HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(4000));
      client.reads();
      client.send("a".repeat(2000));
      assertThat(client.reads()).isPositive();
      client.send("a".repeat(4000));
      assertThat(client.reads()).isZero();
      large.pass(TICK);
      assertThat(client.reads()).as("it is still scarce").isZero();

      large.memoryUsed(70);
      large.pass(TICK);
      assertThat(client.reads()).isPositive();
    } finally {
      large.close();
    }
  }

  @Test
  void aResponseIsReadOnlyWhenTheClientHasTakenAllWhileMemoryIsScarce() {
    front.send(GET);
    proxy.memoryUsed(80);
    front.takeNothing();
    upstream.reads();
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
    assertThat(upstream.reads()).isZero();
    front.takeAll();
    assertThat(upstream.reads()).isPositive();
  }

  // ---- bodies that trickle

  private void put() {
    front.send("PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 1000000\r\n\r\n");
  }

  private void window(int bytes) {
    front.send("x".repeat(bytes));
    // The limit of inactivity is as long as a window: some of it is to come meanwhile.
    proxy.pass(WINDOW.dividedBy(2));
    front.send("x");
    proxy.pass(WINDOW.dividedBy(2).plusMillis(1));
  }

  @Test
  void aBodyBelowTheLeastRateInTwoWindowsEnds() {
    put();
    window(10);
    window(10);
    assertThat(front.isEnding()).as("the first was not a whole one").isFalse();
    window(10);
    assertThat(front.received()).startsWith("HTTP/1.1 408 ");
    assertThat(front.isEnding()).isTrue();
    assertThat(upstream.isOpen()).isFalse();
    assertThat(failure()).isEqualTo("client_timeout");
  }

  @Test
  void aBodyAtTheLeastRateGoesOn() {
    put();
    for (int i = 0; i < 6; i++) {
      window((int) EmbeddedProxy.LEAST_RATE * LeastRate.WINDOW_SECONDS);
    }
    assertThat(front.isEnding()).isFalse();
    assertThat(front.isOpen()).isTrue();
  }

  @Test
  void aBodyThatTheUpstreamDoesNotTakeIsNotTheClientsFault() {
    put();
    upstream.writable(false);
    for (int i = 0; i < 6; i++) {
      window(1);
    }
    assertThat(front.isEnding()).isFalse();
    assertThat(front.isOpen()).isTrue();
  }
}
