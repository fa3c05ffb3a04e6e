package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.EmbeddedProxy.Peer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The upstream's side of a relayed connection, with a client that the tests play. */
class Http1UpstreamTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: harbor.example.com\r\n\r\n";
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: harbor.example.com\r\nContent-Length: 0\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\n\r\nok";

  private final EmbeddedProxy proxy = EmbeddedProxy.start();
  private final Peer front = proxy.front;
  private final Peer upstream = proxy.upstream();

  @AfterEach
  void close() {
    proxy.close();
  }

  @Test
  void isUsedForOneExchangeAfterTheOther() {
    for (int i = 0; i < 3; i++) {
      assertThat(proxy.idle()).isEqualTo(1);
      front.send(GET);
      assertThat(proxy.idle()).isZero();
      assertThat(upstream.received()).startsWith("GET / ");
      upstream.send(OK);
      assertThat(front.received()).isEqualTo(OK);
    }
  }

  @Test
  void isReadWhileIdleToSeeItClose() {
    front.send(GET);
    upstream.reads();
    upstream.send(OK);
    assertThat(upstream.reads()).isPositive();
    upstream.close();
    assertThat(proxy.idle()).isZero();
  }

  @Test
  void isClosedByDataThatNobodyAskedFor() {
    upstream.send("HTTP/1.1 408 Request Timeout\r\n\r\n");
    assertThat(upstream.isOpen()).isFalse();
    assertThat(proxy.idle()).isZero();
    assertThat(front.received()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        "HTTP/1.1 103 Early Hints\r\n\r\n",
        "\r\n",
        "x"
      })
  void isClosedByDataBehindAResponse(String behind) {
    front.send(GET);
    upstream.send(OK + behind);
    assertThat(front.received()).isEqualTo(OK);
    assertThat(upstream.isOpen()).isFalse();
    assertThat(front.isEnding()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HEAD|200 OK|Content-Length: 4",
        "GET|204 No Content|X: y",
        "GET|304 Not Modified|Content-Length: 4"
      })
  void isClosedByABodyWhereNoneCanBe(String described) {
    String[] parts = described.split("\\|", 3);
    front.send(GET.replace("GET", parts[0]));
    String response = "HTTP/1.1 " + parts[1] + "\r\nDate: d\r\n" + parts[2] + "\r\n\r\n";
    upstream.send(response + "evil");
    assertThat(front.received()).isEqualTo(response);
    assertThat(upstream.isOpen()).isFalse();
    assertThat(front.isEnding()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 4", "Transfer-Encoding: chunked", "Content-Length: 1, 2"})
  void isNotKeptAfterANoContentThatTellsOfContent(String field) {
    front.send(GET);
    upstream.send("HTTP/1.1 204 No Content\r\nDate: d\r\n" + field + "\r\n\r\n");
    assertThat(front.received()).isEqualTo("HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n");
    assertThat(upstream.isOpen()).as("open to a body in the place of a response").isFalse();
    assertThat(front.isEnding()).isFalse();
  }

  @Test
  void isNotKeptAfterAnInterimResponseThatTellsOfContent() {
    front.send(GET);
    upstream.send("HTTP/1.1 103 Early Hints\r\nContent-Length: 4\r\n\r\n" + OK);
    assertThat(front.received()).isEqualTo("HTTP/1.1 103 Early Hints\r\n\r\n" + OK);
    assertThat(upstream.isOpen()).isFalse();
  }

  @Test
  void itsStatusLineIsRepaired() {
    front.send(GET);
    upstream.send("HTTP/1.1 200\r\nDate: d\r\nContent-Length: 0\r\n\r\n");
    assertThat(front.received()).isEqualTo("HTTP/1.1 200 \r\nDate: d\r\nContent-Length: 0\r\n\r\n");
  }

  @Test
  void interimResponsesAreBoundedInNumber() {
    String interim = "HTTP/1.1 102 Processing\r\n\r\n";
    front.send(GET);
    upstream.send(interim.repeat(100));
    assertThat(front.received()).isEqualTo(interim.repeat(100));
    upstream.send(interim + OK);
    assertThat(front.received()).startsWith("HTTP/1.1 502 ").contains("upstream_bad_response");
    assertThat(upstream.isOpen()).isFalse();
  }

  @Test
  void interimResponsesAreBoundedInBytes() {
    String interim = "HTTP/1.1 103 Early Hints\r\nLink: " + "a".repeat(1000) + "\r\n\r\n";
    front.send(GET);
    upstream.send(interim.repeat(3));
    assertThat(front.received()).isEqualTo(interim.repeat(3));
    upstream.send(interim);
    assertThat(front.received()).startsWith("HTTP/1.1 502 ").contains("upstream_bad_response");
  }

  @Test
  void theBoundOfInterimResponsesIsOfOneExchange() {
    String interim = "HTTP/1.1 102 Processing\r\n\r\n";
    for (int i = 0; i < 3; i++) {
      front.send(GET);
      upstream.send(interim.repeat(60) + OK);
      assertThat(front.received()).endsWith(OK);
    }
    assertThat(upstream.isOpen()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\nConnection: x, Close\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nDate: d\r\nContent-Length: 2\r\n\r\nok"
      })
  void isNotKeptAfterAResponseThatEndsIt(String response) {
    front.send(GET);
    upstream.send(response);
    assertThat(front.received()).isEqualTo(OK);
    assertThat(upstream.isOpen()).isFalse();
    assertThat(proxy.idle()).isZero();
    assertThat(front.isEnding()).as("the client's connection goes on").isFalse();
  }

  @Test
  void isClosedWhenItsIdleTimeEnds() {
    front.send(GET);
    upstream.send(OK);
    proxy.pass(EmbeddedProxy.UPSTREAM_IDLE.minusSeconds(1));
    assertThat(upstream.isOpen()).isTrue();
    proxy.pass(Duration.ofSeconds(2));
    assertThat(upstream.isOpen()).isFalse();
    assertThat(proxy.idle()).isZero();
  }

  @Test
  void isClosedWhenThePoolIsFull() {
    for (int i = 0; i < 3; i++) {
      assertThat(proxy.upstream().isOpen()).isTrue();
    }
    assertThat(proxy.idle()).isEqualTo(4);
    assertThat(proxy.upstream().isOpen()).isFalse();
  }

  @Test
  void itsCloseBeforeTheResponseIsABadGateway() {
    front.send(POST);
    upstream.close();
    assertThat(front.received()).startsWith("HTTP/1.1 502 ").contains("upstream_closed");
    assertThat(front.isEnding()).isFalse();
  }

  @Test
  void itsCloseWithinAHeadIsABadGateway() {
    front.send(GET);
    upstream.send("HTTP/1.1 200 OK\r\nContent-");
    upstream.close();
    assertThat(front.received()).startsWith("HTTP/1.1 502 ").contains("upstream_closed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: x\r\n"
      })
  void itsCloseWithinABodyCutsTheResponseOff(String begin) {
    front.send(GET);
    upstream.send(begin);
    upstream.close();
    // Without its end, and with no orderly close, which would end a body by itself.
    assertThat(front.received()).doesNotContain("0\r\n\r\n");
    assertThat(front.isOpen()).isFalse();
    assertThat(proxy.log.getFirst().failure()).isEqualTo("upstream_truncated");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nConnection: content-length\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n"
      })
  void aMalformedResponseIsABadGateway(String response) {
    front.send(GET);
    upstream.send(response);
    assertThat(front.received()).startsWith("HTTP/1.1 502 ").contains("upstream_bad_response");
    assertThat(upstream.isOpen()).isFalse();
    assertThat(front.isEnding()).as("the client's connection goes on").isFalse();
  }

  @Test
  void aMalformedChunkCutsTheResponseOff() {
    front.send(GET);
    upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    front.received();
    upstream.send("x\r\n");
    assertThat(front.received()).isEmpty();
    assertThat(front.isOpen()).isFalse();
    assertThat(upstream.isOpen()).isFalse();
  }

  @Test
  void theHeadInFrontOfAMalformedChunkIsShown() {
    front.send(GET);
    String head = "HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n";
    upstream.send(head + "x\r\n");
    assertThat(front.received()).isEqualTo(head);
    assertThat(front.isOpen()).isFalse();
    assertThat(proxy.log)
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.status()).isEqualTo(200);
          assertThat(entry.failure()).isEqualTo("upstream_truncated");
        });
  }

  @Test
  void aHeadBeyondItsLimitIsABadGateway() {
    front.send(GET);
    upstream.send("HTTP/1.1 200 OK\r\nA: " + "b".repeat(5000));
    assertThat(front.received()).startsWith("HTTP/1.1 502 ");
  }

  @Test
  void aFailureDuringAnUploadEndsTheClientsConnection() {
    front.send("PUT / HTTP/1.1\r\nHost: harbor.example.com\r\nContent-Length: 999999\r\n\r\nabc");
    upstream.close();
    assertThat(front.received()).startsWith("HTTP/1.1 502 ").contains("Connection: close");
    assertThat(front.isEnding()).isTrue();
  }

  @Test
  void aFailureDuringASmallUploadDoesNot() {
    front.send("PUT / HTTP/1.1\r\nHost: harbor.example.com\r\nContent-Length: 9\r\n\r\nabc");
    upstream.close();
    assertThat(front.received()).startsWith("HTTP/1.1 502 ").doesNotContain("Connection: close");
    Peer next = proxy.upstream();
    front.send("defghi" + GET);
    assertThat(next.received()).startsWith("GET / ");
  }
}
