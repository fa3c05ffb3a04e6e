package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.EmbeddedProxy.Peer;
import io.harborgateway.http.head.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of a router that another node may serve, on a node whose upstream refuses. */
class LeftToRouterTest {
  private static final String ID = "X-Vcap-Request-Id: a-1\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\n\r\nok";

  private EmbeddedProxy proxy = EmbeddedProxy.startBehindRouter();
  private Peer front = proxy.front;

  @AfterEach
  void close() {
    proxy.close();
  }

  private static String request(String method, String fields) {
    return method + " / HTTP/1.1\r\nHost: harbor.example.com\r\n" + fields + "\r\n";
  }

  private void expectSilence(Failure failure) {
    assertThat(front.received()).isEmpty();
    assertThat(front.isEnding()).as("by a FIN: a reset would count against the node").isTrue();
    AccessLog.Entry entry = proxy.log.getLast();
    assertThat(entry.status()).isZero();
    assertThat(entry.failure()).isEqualTo(failure.code());
    assertThat(entry.retry()).isEqualTo(AccessLog.Retry.ELSEWHERE);
  }

  private void expectAnswer(Failure failure) {
    assertThat(front.received())
        .startsWith("HTTP/1.1 " + failure.status() + " ")
        .contains(failure.code());
    assertThat(proxy.log.getLast().status()).isEqualTo(failure.status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE"})
  void whatItRepeatsElsewhereGetsNoAnswer(String method) {
    front.send(request(method, ID));
    expectSilence(Failure.UPSTREAM_REFUSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
  void whatItDoesNotRepeatIsAnswered(String method) {
    front.send(request(method, ID));
    expectAnswer(Failure.UPSTREAM_REFUSED);
  }

  @Test
  void aRequestWithABodyIsAnswered() {
    front.send(request("GET", ID + "Content-Length: 1\r\n") + "x");
    expectAnswer(Failure.UPSTREAM_REFUSED);
  }

  @Test
  void aRequestThatGorouterHasNotSentIsAnswered() {
    front.send(request("GET", ""));
    expectAnswer(Failure.UPSTREAM_REFUSED);
  }

  @Test
  void aClientThatOnlySaysSoIsAnswered() {
    proxy.close();
    proxy = EmbeddedProxy.start();
    front = proxy.front;
    front.send(request("GET", ID));
    expectAnswer(Failure.UPSTREAM_REFUSED);
  }

  @Test
  void withoutAnotherNodeItIsAnswered() {
    proxy.service.servedElsewhere(instance -> false);
    front.send(request("GET", ID));
    expectAnswer(Failure.UPSTREAM_REFUSED);
  }

  /** It is not known yet whether there is another node, or the routers know this one still. */
  @Test
  void whileItIsDownAndOthersMayServeNothingIsAnswered() {
    proxy.service.refuseWhile(instance -> true);
    front.send(request("GET", ID));
    expectSilence(Failure.UPSTREAM_DOWN);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whileItIsDownOthersAreAnsweredAndTheLastNodeAnswersAll(boolean last) {
    proxy.service.refuseWhile(instance -> true);
    proxy.service.servedElsewhere(instance -> !last);
    front.send(request(last ? "GET" : "POST", ID));
    expectAnswer(Failure.UPSTREAM_DOWN);
  }

  @Test
  void onAConnectionThatWasUsedBeforeToo() {
    Peer upstream = proxy.upstream();
    front.send(request("GET", ID));
    upstream.send(OK);
    assertThat(front.received()).isEqualTo(OK);
    upstream.close();
    front.send(request("GET", ID));
    expectSilence(Failure.UPSTREAM_REFUSED);
  }

  @Test
  void aKeptConnectionThatBreaksIsFollowedByTheRefusalOfTheRepeat() {
    Peer upstream = proxy.upstream();
    front.send(request("GET", ID));
    upstream.close();
    expectSilence(Failure.UPSTREAM_REFUSED);
  }

  @Test
  void aRequestThatMayHaveBrokenTheUpstreamIsLeftOnceOnly() {
    Peer first = proxy.upstream();
    front.send(request("GET", ID));
    first.send("HTTP/1.1 2");
    first.close();
    expectSilence(Failure.UPSTREAM_CLOSED);
  }

  @Test
  void onAConnectionThatWasUsedBeforeItIsAnsweredForTheRouterWouldAskThisNodeAgain() {
    Peer upstream = proxy.upstream();
    front.send(request("GET", ID));
    upstream.send(OK);
    assertThat(front.received()).isEqualTo(OK);
    front.send(request("GET", ID));
    upstream.send("HTTP/1.1 2");
    upstream.close();
    expectAnswer(Failure.UPSTREAM_CLOSED);
  }
}
