package io.harborgateway.http;

import static io.harborgateway.http.EmbeddedProxy.HARBOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.EmbeddedProxy.Peer;
import io.harborgateway.http.MalformedRequests.Malformed;
import io.harborgateway.route.Instance;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's side of a relayed connection, with an upstream that the tests play. */
class Http1FrontTest {
  private static final String HOST = "Host: harbor.example.com\r\n";
  private static final String OWN =
      "X-Forwarded-For: unknown\r\nX-Real-IP: unknown\r\nX-Forwarded-Proto: https\r\n"
          + "X-Forwarded-Host: harbor.example.com\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\n\r\nok";
  private static final Duration TICK = Duration.ofMillis(200);

  private EmbeddedProxy proxy = EmbeddedProxy.start();
  private Peer front = proxy.front;
  private Peer upstream = proxy.upstream();

  @BeforeEach
  void forgetFirstRead() {
    assertThat(front.reads()).isEqualTo(1);
  }

  @AfterEach
  void close() {
    proxy.close();
  }

  static Stream<Malformed> malformed() {
    return Stream.of(
            MalformedRequests.heads(),
            MalformedRequests.hosts(),
            MalformedRequests.framings(),
            MalformedRequests.chunks())
        .flatMap(List::stream);
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n";
  }

  private static String forwardedGet(String target) {
    return "GET " + target + " HTTP/1.1\r\n" + HOST + OWN + "\r\n";
  }

  private void useCertificateOf(Instance instance) {
    proxy.close();
    proxy = EmbeddedProxy.startWithCertificateOf(instance);
    front = proxy.front;
    upstream = proxy.upstream();
  }

  // ---- one request after the other

  @Test
  void relaysARequestAndItsResponse() {
    front.send("POST /a?b HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nhello");
    assertThat(upstream.received())
        .isEqualTo("POST /a?b HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n" + OWN + "\r\nhello");
    assertThat(front.received()).isEmpty();
    upstream.send(OK);
    assertThat(front.received()).isEqualTo(OK);
    assertThat(proxy.idle()).isEqualTo(1);
    assertThat(proxy.log)
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.status()).isEqualTo(200);
          assertThat(entry.receivedBytes()).isEqualTo(5);
          assertThat(entry.sentBytes()).isEqualTo(2);
          assertThat(entry.failure()).isNull();
        });
  }

  @Test
  void answersPipelinedRequestsInTheirOrder() {
    front.send(
        get("/1") + "POST /2 HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\n\r\nx" + get("/3"));
    assertThat(upstream.received()).isEqualTo(forwardedGet("/1"));
    upstream.send(OK.replace("ok", "r1"));
    assertThat(front.received()).endsWith("r1");
    assertThat(upstream.received()).startsWith("POST /2 ").endsWith("\r\n\r\nx");
    upstream.send(OK.replace("ok", "r2"));
    assertThat(front.received()).endsWith("r2");
    assertThat(upstream.received()).isEqualTo(forwardedGet("/3"));
    upstream.send(OK.replace("ok", "r3"));
    assertThat(front.received()).endsWith("r3");
    assertThat(proxy.log).hasSize(3);
  }

  @Test
  void doesNotReadOnWhilePipelinedRequestsWait() {
    front.send(get("/1"));
    assertThat(front.reads()).as("to see the client go").isPositive();
    front.send(get("/2"));
    assertThat(front.reads()).isZero();
    upstream.send(OK);
    upstream.received();
    assertThat(front.reads()).as("for the second").isPositive();
  }

  @Test
  void refusalsKeepTheirPlaceInAPipeline() {
    front.send(get("/1") + get("/2").replace("harbor", "unknown") + get("/3"));
    upstream.send(OK);
    assertThat(front.received()).startsWith(OK + "HTTP/1.1 404 ");
    assertThat(upstream.received()).endsWith(forwardedGet("/3"));
  }

  @Test
  void answersNoRequestWhileTheClientTakesNothing() {
    String unknown = get("/1").replace("harbor", "unknown");
    front.writable(false);
    front.reads();
    front.send(unknown + unknown + get("/3"));
    assertThat(front.received()).isEmpty();
    assertThat(upstream.received()).isEmpty();
    assertThat(front.reads()).isZero();
    assertThat(proxy.log).isEmpty();

    front.writable(true);
    assertThat(front.received()).startsWith("HTTP/1.1 404 ").contains("HTTP/1.1 404 ", "/1");
    assertThat(upstream.received()).isEqualTo(forwardedGet("/3"));
    upstream.send(OK);
    assertThat(front.received()).endsWith(OK);
    assertThat(front.reads()).isPositive();
  }

  @Test
  void stopsBetweenTwoRefusalsWhenTheClientTakesNoMore() {
    String unknown = get("/1").replace("harbor", "unknown");
    front.takeNothing();
    front.send(unknown.repeat(2000));
    for (int turn = 0; turn < 100; turn++) {
      proxy.pass(Duration.ofMillis(1));
    }
    assertThat(proxy.log).hasSizeBetween(2, 40); // as many pieces as may wait
    assertThat(front.reads()).isZero();

    front.takeAll();
    answerAll(2000);
    assertThat(front.reads()).isPositive();
  }

  /** Refusals have turns of their own. */
  private void answerAll(int requests) {
    for (int turn = 0; proxy.log.size() < requests && turn < requests; turn++) {
      proxy.pass(Duration.ofMillis(1));
    }
    assertThat(proxy.log).hasSize(requests);
  }

  @Test
  void refusesNoMoreThanAFewRequestsBeforeOtherConnectionsHaveTheirTurn() {
    front.send(get("/1").replace("harbor", "unknown").repeat(100));
    assertThat(proxy.log).hasSizeLessThan(10);
    answerAll(100);
    assertThat(front.reads()).isPositive();
  }

  @Test
  void beginsNoExchangeWhileTheClientHasNotTakenTheLastResponse() {
    front.send(get("/1"));
    upstream.received();
    front.takeNothing();
    String large = "x".repeat(100_000);
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + large);
    front.reads();
    front.send(get("/2"));
    assertThat(upstream.received()).isEmpty();
    assertThat(front.reads()).isZero();
    front.takeAll();
    assertThat(upstream.received()).isEqualTo(forwardedGet("/2"));
  }

  @Test
  void resetsAClientThatPipelinesAndTakesNothing() {
    front.takeNothing();
    front.send(get("/1").replace("harbor", "unknown").repeat(2000));
    for (int turn = 0; turn < 100; turn++) {
      proxy.pass(Duration.ofMillis(1));
    }
    proxy.pass(EmbeddedProxy.INACTIVITY.plus(TICK));
    assertThat(front.isOpen()).isFalse();
  }

  @Test
  void waitsForASlowClientThatPipelinesButTakesSome() {
    front.takeNothing();
    front.send(get("/1").replace("harbor", "unknown").repeat(2000));
    for (int turn = 0; turn < 100; turn++) {
      proxy.pass(Duration.ofMillis(1));
    }
    for (int i = 0; i < 5; i++) {
      front.take(1000);
      proxy.pass(EmbeddedProxy.INACTIVITY.plus(TICK));
      assertThat(front.isOpen()).isTrue();
    }
    front.takeAll();
    answerAll(2000);
  }

  @Test
  void takesRequestsAndResponsesSplitAnywhere() {
    String request =
        "PUT /x HTTP/1.1\r\n"
            + HOST
            + "Transfer-Encoding: chunked\r\n\r\n3;e\r\nabc\r\n0\r\nT: 1\r\n\r\n";
    String response =
        "HTTP/1.1 201 Created\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n!\r\n0\r\nU: 2\r\n\r\n";
    String forwarded = request.replace("chunked\r\n", "chunked\r\n" + OWN).replace("3;e", "3");
    for (int split = 1; split < request.length(); split++) {
      front.send(request.substring(0, split)).send(request.substring(split));
      assertThat(upstream.received()).as("split at %d", split).isEqualTo(forwarded);
      int at = Math.min(split, response.length() - 1);
      upstream.send(response.substring(0, at)).send(response.substring(at));
      assertThat(front.received()).as("split at %d", at).isEqualTo(response);
    }
    assertThat(proxy.idle()).isEqualTo(1);
  }

  @Test
  void takesRequestsAndResponsesByteByByte() {
    (get("/1") + "\r\n" + get("/2")).chars().forEach(c -> front.send(String.valueOf((char) c)));
    OK.chars().forEach(c -> upstream.send(String.valueOf((char) c)));
    assertThat(front.received()).isEqualTo(OK);
    assertThat(upstream.received()).isEqualTo(forwardedGet("/1") + forwardedGet("/2"));
  }

  @Test
  void framesInCanonicalFormInBothDirections() {
    String chunks = "1 ;a=\"\\\"\"\r\nx\r\n000\r\nDigest: 1\r\nHost: evil\r\n\r\n";
    String canonical = "1\r\nx\r\n0\r\nDigest: 1\r\n\r\n";
    String fields = "Transfer-Encoding:\tChunked \r\nTrailer: Digest, Host\r\n";
    String written = "Transfer-Encoding: chunked\r\nTrailer: Digest\r\n";
    front.send("PUT / HTTP/1.1\r\n" + HOST + fields + "\r\n" + chunks);
    assertThat(upstream.received())
        .isEqualTo("PUT / HTTP/1.1\r\n" + HOST + written + OWN + "\r\n" + canonical);
    upstream.send("HTTP/1.1 200 OK\r\nDate: d\r\n" + fields + "\r\n" + chunks);
    assertThat(front.received())
        .isEqualTo("HTTP/1.1 200 OK\r\nDate: d\r\n" + written + "\r\n" + canonical);
    front.send("PUT / HTTP/1.1\r\n" + HOST + "Content-Length:\t01 \r\n\r\nx");
    assertThat(upstream.received())
        .isEqualTo("PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\n" + OWN + "\r\nx");
    upstream.send("HTTP/1.1 200 OK\r\nDate: d\r\ncontent-length:2\r\nTrailer: Digest\r\n\r\nok");
    assertThat(front.received()).isEqualTo(OK);
  }

  @Test
  void http10SeesNothingOfOddFraming() {
    front.send("GET / HTTP/1.0\r\n" + HOST + "\r\n");
    upstream.send(
        "HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding:\tchunked\r\nTrailer: A, Host\r\n\r\n"
            + "01;a\r\nx\r\n0\r\nA: b\r\n\r\n");
    assertThat(front.received())
        .isEqualTo("HTTP/1.1 200 OK\r\nDate: d\r\nConnection: close\r\n\r\nx");
  }

  /** Connection names what concerns one connection, in the head and behind the body. */
  @Test
  void trailersThatConnectionNominatesAreDropped() {
    String te = "Transfer-Encoding: chunked\r\n";
    front.send(
        "PUT / HTTP/1.1\r\n"
            + HOST
            + te
            + "Connection: X-Hop\r\nTrailer: x-hop, A\r\n\r\n0\r\nx-HOP: 1\r\nA: b\r\n\r\n");
    assertThat(upstream.received())
        .isEqualTo(
            "PUT / HTTP/1.1\r\n" + HOST + te + "Trailer: A\r\n" + OWN + "\r\n0\r\nA: b\r\n\r\n");
  }

  // ---- backpressure

  @Test
  void readsTheUpstreamOnlyWhileTheClientTakesBytes() {
    front.send(get("/"));
    upstream.reads();
    front.writable(false);
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    assertThat(upstream.reads()).isZero();
    front.writable(true);
    assertThat(upstream.reads()).isPositive();
    upstream.send("def");
    assertThat(upstream.reads()).isPositive();
  }

  @Test
  void readsTheClientOnlyWhileTheUpstreamTakesBytes() {
    front.send("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 9\r\n\r\n");
    front.reads();
    upstream.writable(false);
    front.send("abc");
    assertThat(front.reads()).isZero();
    upstream.writable(true);
    assertThat(front.reads()).isPositive();
    front.send("def");
    assertThat(front.reads()).isPositive();
  }

  // ---- keep-alive and close

  @Test
  void closesAfterTheResponseWhenTheClientAsksForIt() {
    front.send(get("/").replace("\r\n\r\n", "\r\nConnection: x, Close\r\n\r\n"));
    assertThat(upstream.received()).isEqualTo(forwardedGet("/"));
    upstream.send(OK);
    assertThat(front.received()).isEqualTo(OK.replace("2\r\n", "2\r\nConnection: close\r\n"));
    assertThat(front.isEnding()).isTrue();
    assertThat(proxy.idle()).as("the upstream's connection is kept").isEqualTo(1);
  }

  @Test
  void ignoresWhatComesBehindTheLastRequest() {
    front.send(get("/").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n") + get("/2"));
    upstream.received();
    upstream.send(OK);
    front.send(get("/3"));
    assertThat(upstream.received()).isEmpty();
  }

  @Test
  void http10ClosesUnlessToldOtherwise() {
    String request = "GET / HTTP/1.0\r\n" + HOST;
    front.send(request + "Connection: keep-alive\r\n\r\n");
    upstream.send(OK);
    assertThat(front.received()).contains("\r\nConnection: keep-alive\r\n");
    front.send(request + "\r\n");
    upstream.send(OK);
    assertThat(front.received()).contains("\r\nConnection: close\r\n");
    assertThat(front.isEnding()).isTrue();
    assertThat(upstream.received())
        .isEqualTo((forwardedGet("/") + forwardedGet("/")))
        .contains("HTTP/1.1");
  }

  @Test
  void http10GetsChunksWithoutTheirFraming() {
    front.send("GET / HTTP/1.0\r\n" + HOST + "Connection: keep-alive\r\n\r\n");
    upstream.send(
        "HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\nA: b\r\n\r\n"
            + "3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: 1\r\n\r\n");
    assertThat(front.received())
        .isEqualTo("HTTP/1.1 200 OK\r\nDate: d\r\nA: b\r\nConnection: close\r\n\r\nabcde");
    assertThat(front.isEnding()).isTrue();
    assertThat(proxy.idle()).isEqualTo(1);
  }

  @Test
  void http10SeesNoTransferCodingInAnAnswerToHead() {
    front.send("HEAD / HTTP/1.0\r\n" + HOST + "\r\n");
    upstream.send("HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n");
    assertThat(front.received())
        .isEqualTo("HTTP/1.1 200 OK\r\nDate: d\r\nConnection: close\r\n\r\n");
  }

  @Test
  void aBodyUntilCloseEndsTheClientsConnectionToo() {
    front.send(get("/"));
    upstream.send("HTTP/1.1 200 OK\r\nDate: d\r\n\r\nsome").send("thing");
    assertThat(front.received())
        .isEqualTo("HTTP/1.1 200 OK\r\nDate: d\r\nConnection: close\r\n\r\nsomething");
    assertThat(front.isEnding()).isFalse();
    upstream.close();
    assertThat(front.isEnding()).isTrue();
    assertThat(proxy.log.getFirst().failure()).isNull();
  }

  // ---- responses without body

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HEAD|200 OK|Content-Length: 1000",
        "HEAD|200 OK|Transfer-Encoding: chunked",
        "HEAD|200 OK|X: y",
        "GET|204 No Content|X: y",
        "GET|205 Reset Content|Content-Length: 0",
        "GET|304 Not Modified|Content-Length: 1000",
        "GET|304 Not Modified|X: y"
      })
  void responsesWithoutBodyEndWithTheirHead(String described) {
    String[] parts = described.split("\\|", 3);
    front.send(get("/").replace("GET", parts[0]));
    String response = "HTTP/1.1 " + parts[1] + "\r\nDate: d\r\n" + parts[2] + "\r\n\r\n";
    upstream.send(response);
    assertThat(front.received()).isEqualTo(response);
    assertThat(proxy.idle()).isEqualTo(1);
    front.send(get("/next"));
    assertThat(upstream.received()).endsWith(forwardedGet("/next"));
  }

  // ---- interim responses

  @Test
  void relaysEachInterimResponseOnce() {
    String head = "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\nExpect: 100-continue\r\n";
    front.send(head + "\r\n");
    assertThat(upstream.received()).isEqualTo(head + OWN + "\r\n");
    assertThat(front.received()).isEmpty();
    upstream.send("HTTP/1.1 100 Continue\r\n\r\n");
    assertThat(front.received()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
    front.send("hi");
    assertThat(upstream.received()).isEqualTo("hi");
    upstream.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x\r\n\r\n" + OK);
    assertThat(front.received()).isEqualTo("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK);
    assertThat(proxy.log).hasSize(1);
  }

  @Test
  void http10GetsNoInterimResponses() {
    front.send("GET / HTTP/1.0\r\n" + HOST + "\r\n");
    upstream.send("HTTP/1.1 103 Early Hints\r\n\r\n" + OK);
    assertThat(front.received()).startsWith("HTTP/1.1 200 OK\r\n");
  }

  // ---- fields of a response

  @Test
  void aFinalResponseWithoutADateGetsOneAnInterimOneDoesNot() {
    front.send(get("/"));
    upstream.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\nA: b\r\n\r\n");
    assertThat(front.received())
        .matches(
            "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\nA: b\r\n"
                + "Date: [A-Z][a-z]{2}, [0-9]{2} .* GMT\r\n\r\n");
  }

  @Test
  void anUpgradeThatIsRequiredReachesTheClient() {
    front.send(get("/"));
    upstream.send(
        "HTTP/1.1 426 Upgrade Required\r\nDate: d\r\nUpgrade: websocket\r\n"
            + "Connection: upgrade\r\nContent-Length: 0\r\n\r\n");
    assertThat(front.received())
        .isEqualTo(
            "HTTP/1.1 426 Upgrade Required\r\nDate: d\r\nContent-Length: 0\r\n"
                + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    front.send(get("/next"));
    assertThat(upstream.received()).endsWith(forwardedGet("/next"));
  }

  @Test
  void aSwitchToAProtocolOfTheSecondLineIsATunnel() {
    front.send(
        get("/")
            .replace("\r\n\r\n", "\r\nUpgrade: a\r\nConnection: upgrade\r\nUpgrade: b\r\n\r\n"));
    assertThat(upstream.received()).endsWith("\r\nConnection: Upgrade\r\nUpgrade: a, b\r\n\r\n");
    upstream.send("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: b\r\n\r\nhi");
    assertThat(front.received())
        .isEqualTo("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: b\r\n\r\nhi");
  }

  // ---- ends before their time

  @Test
  void anEarlyFinalResponseEndsTheUpload() {
    front.send("PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 262148\r\n\r\nabc");
    upstream.received();
    upstream.send("HTTP/1.1 413 Too Large\r\nDate: d\r\nContent-Length: 2\r\n\r\nno");
    assertThat(front.received())
        .isEqualTo(
            "HTTP/1.1 413 Too Large\r\nDate: d\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    assertThat(front.isEnding()).isTrue();
    assertThat(upstream.isOpen()).isFalse();
    front.send("more of the body is taken, so that the response is not lost");
    assertThat(front.isOpen()).isTrue();
  }

  @Test
  void theUploadGoesOnWhileAnEarlyResponseDoes() {
    front.send("PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 6\r\n\r\nabc");
    upstream.send("HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 4\r\n\r\nab");
    upstream.received();
    front.send("def");
    assertThat(upstream.received()).isEqualTo("def");
    upstream.send("cd");
    assertThat(front.received()).endsWith("Content-Length: 4\r\n\r\nabcd");
    assertThat(front.isEnding()).isFalse();
    assertThat(proxy.idle()).as("both its request and its response are whole").isEqualTo(1);
  }

  // ---- a response ahead of the rest of its request

  private static final String EARLY =
      "HTTP/1.1 401 Unauthorized\r\nDate: d\r\nContent-Length: 2\r\n\r\nno";

  private void answerEarly(String head, String begun) {
    front.send("PUT / HTTP/1.1\r\n" + HOST + head + "\r\n\r\n" + begun);
    upstream.send(EARLY);
  }

  private void expectNextRequest() {
    assertThat(front.isEnding()).isFalse();
    Peer next = proxy.upstream();
    front.send(get("/next"));
    assertThat(next.received()).isEqualTo(forwardedGet("/next"));
    next.send(OK);
    assertThat(front.received()).isEqualTo(OK);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 9|abc|defghi",
        "Content-Length: 262147|abc|*",
        "Transfer-Encoding: chunked|3\r\nabc\r\n|40000\r\n*\r\n0\r\nT: 1\r\n\r\n",
        "Transfer-Encoding: chunked||0\r\n\r\n"
      })
  void theRestOfARequestThatIsAnsweredIsDropped(String described) {
    String[] parts = described.split("\\|", 3);
    answerEarly(parts[0], parts[1]);
    upstream.received();
    assertThat(front.received()).isEqualTo(EARLY);
    assertThat(upstream.isOpen()).as("half a request keeps it from being used again").isFalse();
    front.send(parts[2].replace("*", "x".repeat(262144)));
    expectNextRequest();
  }

  @Test
  void aPipelinedRequestWaitsBehindTheRestOfTheOneBefore() {
    answerEarly("Content-Length: 9", "abc");
    assertThat(front.received()).isEqualTo(EARLY);
    Peer next = proxy.upstream();
    front.send("defghi" + get("/next"));
    assertThat(next.received()).isEqualTo(forwardedGet("/next"));
  }

  @Test
  void theRestHasToComeSoon() {
    answerEarly("Content-Length: 9", "abc");
    front.received();
    proxy.pass(Http1FrontStream.DISCARD_TIME.minusMillis(100));
    front.send("d");
    assertThat(front.isEnding()).isFalse();
    proxy.pass(TICK.multipliedBy(2));
    assertThat(front.received()).isEmpty();
    assertThat(front.isEnding()).isTrue();
  }

  @Test
  void theRestIsBounded() {
    answerEarly("Transfer-Encoding: chunked", "");
    assertThat(front.received()).as("nobody knows how long it is").isEqualTo(EARLY);
    front.send("20000\r\n" + "x".repeat(0x20000) + "\r\n");
    assertThat(front.isEnding()).isFalse();
    front.send("20000\r\n" + "x".repeat(0x20000) + "\r\n");
    assertThat(front.isEnding()).isTrue();
  }

  @Test
  void aMalformedRestEndsTheConnection() {
    answerEarly("Transfer-Encoding: chunked", "");
    front.received();
    front.send("x\r\n");
    assertThat(front.received()).isEmpty();
    assertThat(front.isEnding()).isTrue();
  }

  @Test
  void aBodyThatWaitedForItsContinueMayNeverCome() {
    answerEarly("Content-Length: 9\r\nExpect: 100-continue", "");
    assertThat(front.received()).contains("\r\nConnection: close\r\n");
    assertThat(front.isEnding()).isTrue();
  }

  @Test
  void aBodyThatWasToldToContinueComes() {
    front.send("PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    upstream.send("HTTP/1.1 100 Continue\r\n\r\n" + EARLY);
    assertThat(front.received()).endsWith(EARLY);
    front.send("ab");
    expectNextRequest();
  }

  @Test
  void drainingEndsTheConnectionBehindTheRest() {
    answerEarly("Content-Length: 9", "abc");
    proxy.service.keep(KeepAlivePolicy.NONE);
    front.send("defghi");
    assertThat(front.isEnding()).isTrue();
  }

  @Test
  void aClientThatLeavesWithinTheRestHurtsNobody() {
    answerEarly("Content-Length: 9", "abc");
    front.close();
    assertThat(proxy.log).hasSize(1);
  }

  @Test
  void aClientThatGoesTakesTheUpstreamsConnectionWithIt() {
    front.send(get("/"));
    upstream.received();
    front.close();
    assertThat(upstream.isOpen()).isFalse();
    assertThat(proxy.log)
        .singleElement()
        .satisfies(entry -> assertThat(entry.failure()).isEqualTo("client_gone"));
  }

  @Test
  void aClientThatGoesWithinItsUploadTakesTheUpstreamsConnectionWithIt() {
    front.send("PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 1000\r\n\r\nabc");
    front.close();
    assertThat(upstream.isOpen()).isFalse();
    assertThat(proxy.log.getFirst().failure()).isEqualTo("client_gone");
  }

  @Test
  void aClientThatGoesWhileIdleHurtsNobody() {
    front.close();
    assertThat(upstream.isOpen()).isTrue();
    assertThat(proxy.log).isEmpty();
  }

  // ---- refusals

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesWhatIsMalformedAndForwardsNothing(Malformed malformed) {
    front.send(malformed.text());
    assertThat(front.received())
        .startsWith("HTTP/1.1 " + malformed.failure().status() + " ")
        .contains("\r\nDate: ")
        .contains("\r\nX-Harbor-Gateway-Error: " + malformed.failure().code() + "\r\n")
        .contains("\r\nConnection: close\r\n");
    assertThat(front.isEnding()).isTrue();
    assertThat(upstream.received()).isEmpty();
    assertThat(proxy.log)
        .singleElement()
        .satisfies(entry -> assertThat(entry.failure()).isEqualTo(malformed.failure().code()));
  }

  @ParameterizedTest
  @CsvSource({
    "HEAD / HTTP/3.0, 505",
    "HEAD /, 400",
    "'HEAD / HTTP/1.1\r\nHost : x', 400",
    "'HEAD / HTTP/1.1\r\nA: b', 400",
    "'HEAD / HTTP/1.1\r\nHost: unknown', 404"
  })
  void aRefusalOfHeadHasNoBody(String head, int status) {
    front.send(head.translateEscapes() + "\r\n\r\n");
    assertThat(front.received())
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("\r\nContent-Length: ")
        .endsWith("\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource({"HEAD /, false", "HEADER /, true", "HEA, true"})
  void noMoreDoesThatOfAHeadThatDoesNotCome(String begin, boolean body) {
    front.send(begin);
    proxy.pass(EmbeddedProxy.HEAD.plus(TICK));
    String answer = front.received();
    assertThat(answer).startsWith("HTTP/1.1 408 ");
    assertThat(!answer.endsWith("\r\n\r\n")).isEqualTo(body);
  }

  private static final String LAST_OPTIONS =
      "OPTIONS * HTTP/1.1\r\n" + HOST + "Max-Forwards: 0\r\n";

  @Test
  void optionsThatMayGoNoFurtherAreAnsweredHere() {
    front.send(LAST_OPTIONS + "\r\n");
    assertThat(front.received())
        .matches(
            "HTTP/1.1 200 OK\r\nDate: [A-Z][a-z]{2}, .* GMT\r\nAllow: GET, HEAD, .*OPTIONS\r\n"
                + "Content-Length: 0\r\n\r\n");
    assertThat(upstream.received()).isEmpty();
    assertThat(proxy.log).singleElement().matches(entry -> entry.status() == 200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 0||",
        "Content-Length: 5|hello|",
        "Content-Length: 5|he|llo",
        "Content-Length: 5||hello",
        "Transfer-Encoding: chunked|5\r\nhello\r\n0\r\n\r\n|",
        "Transfer-Encoding: chunked|5\r\nhel|lo\r\n0\r\n\r\n"
      })
  void theirBodyIsDropped(String described) {
    String[] parts = described.split("\\|", 3);
    front.send(LAST_OPTIONS + parts[0] + "\r\n\r\n" + parts[1]).send(parts[2] + get("/next"));
    assertThat(front.received()).startsWith("HTTP/1.1 200 OK\r\n").doesNotContain("Connection");
    assertThat(front.isEnding()).isFalse();
    assertThat(upstream.received()).isEqualTo(forwardedGet("/next"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 262145", "Expect: 100-continue\r\nContent-Length: 5"})
  void oneThatIsLargeOrMayStayAwayEndsTheConnection(String fields) {
    front.send(LAST_OPTIONS + fields + "\r\n\r\n" + "hello" + get("/next"));
    assertThat(front.received()).endsWith("\r\nConnection: close\r\n\r\n");
    assertThat(front.isEnding()).isTrue();
    assertThat(upstream.received()).isEmpty();
  }

  @Test
  void traceThatMayGoNoFurtherIsNotAllowed() {
    front.send("TRACE / HTTP/1.1\r\n" + HOST + "Max-Forwards: 0\r\nCookie: secret\r\n\r\n");
    assertThat(front.received())
        .startsWith("HTTP/1.1 405 ")
        .contains("\r\nAllow: GET, ")
        .doesNotContain("secret");
    assertThat(upstream.received()).isEmpty();
  }

  @Test
  void logAndUpstreamSeeTheSameClient() {
    proxy.close();
    proxy = EmbeddedProxy.startBehindRouter();
    front = proxy.front;
    upstream = proxy.upstream();
    front.send(get("/").replace("\r\n\r\n", "\r\nX-Forwarded-For: 203.0.113.7,,\r\n\r\n"));
    upstream.send(OK);
    front.send(get("/"));
    upstream.send(OK);
    assertThat(upstream.received())
        .contains("X-Forwarded-For: 203.0.113.7, 192.0.2.1\r\nX-Real-IP: 203.0.113.7\r\n")
        .contains("X-Forwarded-For: 192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\n");
    assertThat(proxy.log)
        .extracting(AccessLog.Entry::client)
        .containsExactly("203.0.113.7", "192.0.2.1");
  }

  private void serveOnly(Instance instance) {
    proxy.close();
    proxy = EmbeddedProxy.startWithOnly(instance, "gw");
    front = proxy.front;
    upstream = proxy.upstream();
  }

  @Test
  void http10WithoutHostIsOfTheOnlyInstance() {
    front.send("GET /v2/ HTTP/1.0\r\n\r\n");
    assertThat(front.received()).startsWith("HTTP/1.1 400 ").contains("bad_host");
    serveOnly(HARBOR);
    front.send("GET /v2/ HTTP/1.0\r\n\r\n");
    assertThat(upstream.received())
        .isEqualTo("GET /v2/ HTTP/1.1\r\n" + HOST + OWN + "Via: 1.0 gw\r\n\r\n");
    upstream.send(OK);
    assertThat(front.received()).startsWith("HTTP/1.1 200 ").endsWith("ok");
  }

  @Test
  void saysViaWhereItIsConfigured() {
    serveOnly(HARBOR);
    front.send("GET / HTTP/1.1\r\n" + HOST + "Via: 2.0 outer\r\n\r\n");
    assertThat(upstream.received())
        .isEqualTo(
            "GET / HTTP/1.1\r\n" + HOST + "Via: 2.0 outer\r\n" + OWN + "Via: 1.1 gw\r\n\r\n");
    upstream.send("HTTP/1.0 200 OK\r\nDate: d\r\nContent-Length: 2\r\nVia: 1.1 inner\r\n\r\nok");
    assertThat(front.received())
        .isEqualTo(
            "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\nVia: 1.1 inner\r\nVia: 1.0 gw\r\n\r\nok");
  }

  @Test
  void anUnknownHostIsAnsweredWithoutTheUpstream() {
    front.send(get("/v2/").replace("harbor", "unknown"));
    assertThat(front.received())
        .startsWith("HTTP/1.1 404 ")
        .contains("unknown_host")
        .contains("application/json")
        .doesNotContain("Connection:");
    front.send(get("/").replace("harbor", "unknown"));
    assertThat(front.received()).startsWith("HTTP/1.1 404 ").contains("text/plain");
    assertThat(upstream.received()).isEmpty();
    front.send(get("/known"));
    assertThat(upstream.received()).isEqualTo(forwardedGet("/known"));
  }

  @Test
  void aHostOfAnotherInstanceIsMisdirected() {
    useCertificateOf(HARBOR);
    front.send(get("/").replace("harbor", "other"));
    assertThat(front.received()).startsWith("HTTP/1.1 421 ").contains("misdirected");
    assertThat(upstream.received()).isEmpty();
    front.send(get("/"));
    assertThat(upstream.received()).isEqualTo(forwardedGet("/"));
  }

  @Test
  void theBodyOfARefusedRequestIsNoRequest() {
    String evil = get("/evil");
    front.send(
        "POST / HTTP/1.1\r\nHost: unknown\r\nContent-Length: "
            + evil.length()
            + "\r\n\r\n"
            + evil
            + get("/next"));
    assertThat(front.received()).startsWith("HTTP/1.1 404 ").doesNotContain("Connection: close");
    assertThat(upstream.received()).isEqualTo(forwardedGet("/next"));
  }

  @Test
  void aRefusedRequestWithALargeBodyEndsTheConnection() {
    front.send("POST / HTTP/1.1\r\nHost: unknown\r\nContent-Length: 999999\r\n\r\n" + get("/"));
    assertThat(front.received()).startsWith("HTTP/1.1 404 ").contains("Connection: close");
    assertThat(front.isEnding()).isTrue();
    assertThat(upstream.received()).isEmpty();
  }

  @Test
  void anUpstreamThatIsNotThereIsABadGateway() {
    upstream.close();
    front.send(get("/"));
    assertThat(front.received())
        .startsWith("HTTP/1.1 502 ")
        .contains("upstream_refused")
        .contains("Connection: close");
    assertThat(front.isEnding()).isTrue();
  }

  // ---- time limits

  @Test
  void aHeadHasToArriveInTime() {
    front.send("GET / HTTP/1.1\r\n");
    proxy.pass(EmbeddedProxy.HEAD.minusSeconds(1));
    front.send("A: b\r\n");
    assertThat(front.received()).isEmpty();
    proxy.pass(Duration.ofSeconds(1).plus(TICK));
    assertThat(front.received()).startsWith("HTTP/1.1 408 ").contains("client_timeout");
    assertThat(front.isEnding()).isTrue();
  }

  @Test
  void theHeadOfAPipelinedRequestHasItsOwnTime() {
    front.send(get("/") + "GET /2 HT");
    upstream.send(OK);
    front.received();
    proxy.pass(EmbeddedProxy.HEAD.plus(TICK));
    assertThat(front.received()).startsWith("HTTP/1.1 408 ");
  }

  @Test
  void anIdleConnectionIsClosedWithoutAWord() {
    front.send(get("/"));
    upstream.send(OK);
    front.received();
    proxy.pass(EmbeddedProxy.IDLE.minusSeconds(1));
    assertThat(front.isOpen()).isTrue();
    proxy.pass(Duration.ofSeconds(1).plus(TICK));
    assertThat(front.received()).isEmpty();
    assertThat(front.isOpen()).isFalse();
  }

  /** Some clients send CRLF behind a body (RFC 9112 section 2.2). */
  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\r\n\r\n\r", "\r"})
  void emptyLinesBeginNoHead(String lines) {
    front.send(get("/"));
    upstream.send(OK);
    front.received();
    for (int i = 0; i < lines.length(); i++) {
      front.send(lines.substring(i, i + 1));
    }
    proxy.pass(EmbeddedProxy.HEAD.plus(TICK));
    assertThat(front.received()).isEmpty();
    assertThat(front.isOpen()).isTrue();
    proxy.pass(EmbeddedProxy.IDLE.minus(EmbeddedProxy.HEAD).minusSeconds(1));
    front.send(lines.endsWith("\n") ? "\r" : "\n");
    assertThat(front.isOpen()).isTrue();
    proxy.pass(Duration.ofSeconds(1));
    assertThat(front.received()).isEmpty();
    assertThat(front.isOpen()).as("the idle time began with the end of the response").isFalse();
    assertThat(proxy.log).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\r"})
  void aHeadBehindEmptyLinesHasItsOwnTime(String lines) {
    front.send(lines);
    proxy.pass(EmbeddedProxy.HEAD.plus(TICK));
    front.send((lines.endsWith("\n") ? "" : "\n") + "G");
    proxy.pass(EmbeddedProxy.HEAD.minusSeconds(1));
    assertThat(front.received()).isEmpty();
    front.send(get("/").substring(1));
    assertThat(upstream.received()).isEqualTo(forwardedGet("/"));
    upstream.send(OK);
    front.received();
    front.send(lines + "XX");
    proxy.pass(EmbeddedProxy.HEAD.plus(TICK));
    assertThat(front.received()).startsWith("HTTP/1.1 4");
  }

  @Test
  void anEmptyLineBehindABodyHidesNotThatTheClientGoes() {
    front.send("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\n\r\nx\r\n");
    assertThat(front.reads()).isPositive();
    front.send("\r\n");
    assertThat(front.reads()).isPositive();
  }

  @Test
  void aSilentUpstreamIsAGatewayTimeout() {
    front.send(get("/"));
    proxy.pass(EmbeddedProxy.RESPONSE.minusSeconds(1));
    assertThat(front.received()).isEmpty();
    proxy.pass(Duration.ofSeconds(1).plus(TICK));
    assertThat(front.received()).startsWith("HTTP/1.1 504 ").contains("upstream_silent");
    assertThat(upstream.isOpen()).isFalse();
    assertThat(front.isEnding()).as("the client's connection is kept").isFalse();
  }

  @Test
  void anAnswerThatStaysOutForHalfASecondIsToldOnce() {
    front.send(get("/"));
    proxy.pass(Duration.ofMillis(400));
    assertThat(proxy.doubts()).isZero();
    proxy.pass(Duration.ofMillis(100).plus(TICK));
    assertThat(proxy.doubts()).isEqualTo(1);
    proxy.pass(Duration.ofSeconds(5));
    assertThat(proxy.doubts()).isEqualTo(1);
  }

  @Test
  void oneSlowAnswerIsNoSilenceWhileOthersCome() {
    front.send(get("/"));
    proxy.answersAnother();
    proxy.pass(Duration.ofMillis(500).plus(TICK));
    assertThat(proxy.doubts()).isZero();
  }

  @Test
  void anUploadThatStopsIsARequestTimeout() {
    front.send("PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 1000\r\n\r\nabc");
    proxy.pass(EmbeddedProxy.INACTIVITY.minusSeconds(1));
    front.send("d");
    proxy.pass(EmbeddedProxy.INACTIVITY.minusSeconds(1));
    assertThat(front.received()).isEmpty();
    proxy.pass(Duration.ofSeconds(1).plus(TICK));
    assertThat(front.received()).startsWith("HTTP/1.1 408 ");
    assertThat(upstream.isOpen()).isFalse();
    assertThat(front.isEnding()).isTrue();
  }

  @Test
  void aDownloadThatStopsIsCutOff() {
    front.send(get("/"));
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    front.received();
    proxy.pass(EmbeddedProxy.INACTIVITY.plus(TICK));
    assertThat(front.received()).isEmpty();
    assertThat(front.isOpen()).isFalse();
    assertThat(upstream.isOpen()).isFalse();
    assertThat(proxy.log.getFirst().failure()).isEqualTo("upstream_truncated");
  }

  // ---- draining

  private void closeIdle(boolean withoutTls) {
    proxy.service.closeIdle(List.of(front.channel.eventLoop()), instance -> false, withoutTls);
    front.channel.runPendingTasks();
  }

  @Test
  void whatIsIdleIsClosedWhenAsked() {
    closeIdle(false);
    assertThat(front.isOpen()).isTrue();
    closeIdle(true);
    assertThat(front.isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\r"})
  void anEmptyLineIsIdle(String lines) {
    front.send(lines);
    closeIdle(true);
    assertThat(front.isOpen()).isFalse();
  }

  @Test
  void whatIsNotIdleIsNotClosed() {
    front.send(get("/"));
    closeIdle(true);
    upstream.send(OK);
    assertThat(front.received()).endsWith("ok");
    assertThat(front.isOpen()).isTrue();
  }

  @Test
  void drainingMakesTheCurrentRequestTheLast() {
    front.send(get("/"));
    proxy.service.keep(KeepAlivePolicy.UNTIL_ANNOUNCED);
    upstream.send(OK);
    assertThat(front.received()).contains("\r\nConnection: close\r\n").endsWith("ok");
    assertThat(front.isEnding()).isTrue();
  }

  @Test
  void drainingClosesNoConnectionWhoseResponseCouldNotSayIt() {
    front.send(get("/"));
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
    proxy.service.keep(KeepAlivePolicy.UNTIL_ANNOUNCED);
    upstream.send("k");
    assertThat(front.received()).endsWith("ok");
    assertThat(front.isEnding()).isFalse();
    front.send(get("/next"));
    upstream.send(OK);
    assertThat(front.received()).contains("\r\nConnection: close\r\n");
    assertThat(front.isEnding()).isTrue();
  }

  @Test
  void onceNoneIsKeptEachConnectionEndsWithItsResponse() {
    front.send(get("/"));
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
    proxy.service.keep(KeepAlivePolicy.NONE);
    upstream.send("k");
    assertThat(front.received()).endsWith("ok");
    assertThat(front.isEnding()).isTrue();
  }
}
