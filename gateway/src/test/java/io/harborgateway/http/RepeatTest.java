package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.EmbeddedProxy.Peer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of a request whose kept connection breaks under it. A repeat is known by its dial,
 * which is refused here.
 */
class RepeatTest {
  private static final String HOST = " HTTP/1.1\r\nHost: harbor.example.com\r\n";

  private final EmbeddedProxy proxy = EmbeddedProxy.start();
  private final Peer front = proxy.front;
  private final Peer other = proxy.upstream();
  private final Peer upstream = proxy.upstream(); // taken first

  @AfterEach
  void close() {
    proxy.close();
  }

  private void expectRepeat() {
    assertThat(front.received()).contains("upstream_refused");
    assertThat(proxy.log)
        .singleElement()
        .satisfies(entry -> assertThat(entry.retry()).isEqualTo(AccessLog.Retry.HERE));
    assertThat(other.received()).as("what went by another kept connection").isEmpty();
    assertThat(upstream.isOpen()).isFalse();
  }

  private void expectNoRepeat() {
    assertThat(front.received()).contains("upstream_closed");
    assertThat(proxy.log).singleElement().satisfies(entry -> assertThat(entry.retry()).isNull());
    assertThat(other.received()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
  void anIdempotentRequestWithoutBodyIsSentOnceMore(String method) {
    front.send(method + " /" + HOST + "\r\n");
    assertThat(upstream.received()).startsWith(method + " / ");
    upstream.close();
    // The answer to HEAD has no body, but the code is in its head.
    expectRepeat();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PATCH", "GETS", "get", "LOCK"})
  void anyOtherIsNot(String method) {
    front.send(method + " /" + HOST + "\r\n");
    assertThat(upstream.received()).startsWith(method + " / ");
    upstream.close();
    expectNoRepeat();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "H",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 E\r\n\r\n"
      })
  void notAfterAByteOfAnAnswer(String begun) {
    front.send("GET /" + HOST + "\r\n");
    upstream.send(begun);
    upstream.close();
    expectNoRepeat();
  }

  @Test
  void notOnceABodyHasBegun() {
    front.send("PUT /" + HOST + "Content-Length: 2\r\n\r\n");
    front.send("a");
    assertThat(upstream.received()).endsWith("\r\n\r\na");
    upstream.close();
    expectNoRepeat();
  }

  @Test
  void aBodyThatCameWithTheHeadHasBegun() {
    front.send("PUT /" + HOST + "Content-Length: 2\r\n\r\na");
    upstream.close();
    expectNoRepeat();
  }

  @Test
  void aBodyThatWaitsForItsContinueHasNotBegun() {
    front.send("PUT /" + HOST + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    assertThat(upstream.received()).startsWith("PUT / ");
    upstream.close();
    expectRepeat();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 0\r\n\r\n", "Content-Length: 5\r\n\r\nhello"})
  void aHeadThatCouldNotBeWrittenIsWrittenElsewhereWhateverItsMethod(String rest) {
    upstream.failWritesAfter(0);
    front.send("POST /" + HOST + rest);
    assertThat(upstream.received()).isEmpty();
    expectRepeat();
  }

  @Test
  void aBodyThatCouldNotBeWrittenIsNot() {
    upstream.failWritesAfter(1);
    front.send("POST /" + HOST + "Content-Length: 5\r\n\r\nhello");
    assertThat(upstream.received()).endsWith("\r\n\r\n");
    upstream.close();
    expectNoRepeat();
  }

  @Test
  void aClientThatLeavesIsNotRepeatedFor() {
    front.send("GET /" + HOST + "\r\n");
    front.close();
    assertThat(proxy.log)
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.failure()).isEqualTo("client_gone");
          assertThat(entry.retry()).isNull();
        });
  }
}
