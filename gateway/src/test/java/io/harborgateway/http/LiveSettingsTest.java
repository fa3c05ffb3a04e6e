package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.EmbeddedProxy.Peer;
import io.harborgateway.http.head.HeadLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Settings, routes and upstreams that are replaced while connections are open. */
class LiveSettingsTest {
  private static final InetSocketAddress HERE =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1);
  private static final InetSocketAddress GONE =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.9"), 1);

  private static final String HOST = "Host: harbor.example.com\r\n";
  private static final String GET = "GET / HTTP/1.1\r\n" + HOST + "\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\n\r\nok";
  private static final Duration TICK = Duration.ofMillis(200);
  private static final Duration SHORT = Duration.ofSeconds(3);

  private EmbeddedProxy proxy = EmbeddedProxy.start();
  private Peer front = proxy.front;

  @AfterEach
  void close() {
    proxy.close();
  }

  private void use(Duration idle, Duration response, HeadLimits heads, String via, long leastRate) {
    proxy.service.use(EmbeddedProxy.settings(idle, response, heads, via, leastRate));
  }

  private void useOthers() {
    use(SHORT, SHORT, new HeadLimits(200, 100, 3), "new", 0);
  }

  @Test
  void anOpenConnectionKeepsWhatIsAddedToItsHeads() {
    Peer upstream = proxy.upstream();
    useOthers();
    front.send(GET);
    assertThat(upstream.received()).doesNotContain("Via");
    upstream.send(OK);
    assertThat(front.received()).isEqualTo(OK);
  }

  @Test
  void aNewConnectionGetsTheNewOnes() {
    useOthers();
    Peer next = proxy.accept();
    Peer upstream = proxy.upstreamOf(next);
    next.send(GET);
    assertThat(upstream.received()).contains("\r\nVia: 1.1 new\r\n");
    upstream.send(OK);
    assertThat(next.received()).contains("\r\nVia: 1.1 new\r\n");
  }

  @Test
  void eachHasTheIdleTimeItWasAcceptedWith() {
    useOthers();
    Peer next = proxy.accept();
    proxy.pass(SHORT.plus(TICK));
    assertThat(next.isOpen()).isFalse();
    assertThat(front.isOpen()).isTrue();
    proxy.pass(EmbeddedProxy.IDLE);
    assertThat(front.isOpen()).isFalse();
  }

  @Test
  void eachHasTheLimitsOfHeadsItWasAcceptedWith() {
    Peer upstream = proxy.upstream();
    useOthers();
    Peer next = proxy.accept();
    String get = "GET / HTTP/1.1\r\n" + HOST + "A: a\r\n".repeat(5) + "\r\n";
    next.send(get);
    assertThat(next.received()).startsWith("HTTP/1.1 431 ");
    front.send(get);
    upstream.send(OK);
    assertThat(front.received()).isEqualTo(OK);
  }

  /** The connection to the upstream may be older than that of the client. */
  @Test
  void theLimitsOfAResponsesHeadAreThoseOfTheClientsConnection() {
    useOthers();
    Peer next = proxy.accept();
    Peer upstream = proxy.upstreamOf(next);
    next.send(GET);
    upstream.send("HTTP/1.1 200 OK\r\n" + "A: a\r\n".repeat(5) + "Content-Length: 0\r\n\r\n");
    assertThat(next.received()).startsWith("HTTP/1.1 502 ");
  }

  @Test
  void anExchangeKeepsItsTimeForTheResponse() {
    Peer upstream = proxy.upstream();
    front.send(GET);
    useOthers();
    proxy.pass(EmbeddedProxy.RESPONSE.minus(TICK));
    upstream.send(OK);
    assertThat(front.received()).isEqualTo(OK);
    assertThat(proxy.idle()).isEqualTo(1);
  }

  @Test
  void eachHasTheLeastRateItWasAcceptedWith() {
    String put = "PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 100000\r\n\r\nx";
    useOthers();
    Peer next = proxy.accept();
    proxy.upstream();
    proxy.upstreamOf(next);
    front.send(put);
    next.send(put);
    for (int i = 0; i <= LeastRate.WINDOWS; i++) {
      front.send("x");
      next.send("x");
      proxy.pass(Duration.ofSeconds(LeastRate.WINDOW_SECONDS / 2));
      front.send("x");
      next.send("x");
      proxy.pass(Duration.ofSeconds(LeastRate.WINDOW_SECONDS / 2));
    }
    assertThat(front.received()).startsWith("HTTP/1.1 408 ");
    assertThat(next.received()).isEmpty();
    assertThat(next.isOpen()).isTrue();
  }

  // ---- routes

  @Test
  void aRequestReadsTheRoutesOnce() {
    Peer upstream = proxy.upstream();
    front.send(GET);
    upstream.send(OK);
    assertThat(proxy.routeReads()).isEqualTo(1);
    proxy.routes(EmbeddedProxy.HARBOR);
    front.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assertThat(upstream.received()).contains("Host: harbor.example.com");
    assertThat(proxy.routeReads()).isEqualTo(2);
  }

  @Test
  void aRequestIsRoutedByTheRoutesOfItsTime() {
    Peer upstream = proxy.upstream();
    front.send(GET);
    proxy.routes(EmbeddedProxy.OTHER);
    upstream.send(OK);
    assertThat(front.received()).as("it has begun before").isEqualTo(OK);
    front.send(GET);
    assertThat(front.received()).startsWith("HTTP/1.1 404 ");
    proxy.routes(EmbeddedProxy.OTHER, EmbeddedProxy.HARBOR);
    front.send(GET);
    upstream.send(OK);
    assertThat(front.received()).isEqualTo(OK);
  }

  private void startWithCertificate() {
    proxy.close();
    proxy = EmbeddedProxy.startWithCertificateOf(EmbeddedProxy.HARBOR);
    front = proxy.front;
  }

  /** Its certificate is gone with it; the connection is as open as after any other 404. */
  @Test
  void anInstanceThatIsRemovedIsUnknownOnItsConnections() {
    startWithCertificate();
    proxy.routes(EmbeddedProxy.OTHER);
    front.send(GET);
    assertThat(front.received()).startsWith("HTTP/1.1 404 ").doesNotContain("Connection: close");
    proxy.service.closeIdle(
        List.of(front.channel.eventLoop()), EmbeddedProxy.HARBOR::isSameAs, false);
    front.channel.runPendingTasks();
    assertThat(front.isOpen()).isFalse();
  }

  @Test
  void aNameThatGoesToAnotherInstanceIsMisdirectedOnTheConnectionsOfTheFirst() {
    startWithCertificate();
    proxy.routes(EmbeddedProxy.instance(3, "harbor.example.com"));
    front.send(GET);
    assertThat(front.received()).startsWith("HTTP/1.1 421 ");
    assertThat(front.isEnding()).isFalse();
  }

  // ---- upstreams

  @Test
  void aReplacedUpstreamLosesItsIdleConnections() {
    Peer upstream = proxy.upstream();
    proxy.replaceUpstream();
    assertThat(upstream.isOpen()).isFalse();
    assertThat(proxy.doubts()).as("it was the gateway that closed it").isZero();
    Peer next = proxy.upstream();
    front.send(GET);
    next.send(OK);
    assertThat(front.received()).isEqualTo(OK);
  }

  @Test
  void itsExchangesGoOnAndItsConnectionsEndWithThem() {
    Peer upstream = proxy.upstream();
    front.send(GET);
    upstream.send("HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\n\r\no");
    proxy.replaceUpstream();
    assertThat(upstream.isOpen()).isTrue();
    upstream.send("k");
    assertThat(front.received()).isEqualTo(OK);
    assertThat(upstream.isOpen()).isFalse();
    assertThat(front.isEnding()).isFalse();
    Peer next = proxy.upstream();
    front.send(GET);
    next.send(OK);
    assertThat(front.received()).isEqualTo(OK);
    assertThat(proxy.idle()).isEqualTo(1);
  }

  @Test
  void idleConnectionsToAnAddressThatIsGoneAreClosed() {
    Peer stays = proxy.upstreamAt(HERE);
    Peer gone = proxy.upstreamAt(GONE);
    proxy.nameMoves();
    assertThat(gone.isOpen()).isFalse();
    assertThat(stays.isOpen()).isTrue();
    assertThat(proxy.doubts()).as("it was the gateway that closed it").isZero();
    front.send(GET);
    stays.send(OK);
    assertThat(front.received()).isEqualTo(OK);
    assertThat(proxy.idle()).isEqualTo(1);
  }

  @Test
  void anExchangeThereGoesOnAndItsConnectionIsNotKept() {
    Peer gone = proxy.upstreamAt(GONE);
    front.send(GET);
    proxy.nameMoves();
    assertThat(gone.isOpen()).isTrue();
    gone.send(OK);
    assertThat(front.received()).isEqualTo(OK);
    assertThat(gone.isOpen()).isFalse();
    assertThat(proxy.idle()).isZero();
  }

  @Test
  void theNewPoolsAreShown() {
    String idle = "harbor_gateway_upstream_idle_connections{upstream=\"https\"} ";
    proxy.upstream();
    assertThat(proxy.scrape()).contains(idle + "1.0");
    proxy.replaceUpstream();
    assertThat(proxy.scrape()).contains(idle + "0.0");
    proxy.upstream();
    proxy.upstream();
    assertThat(proxy.scrape()).contains(idle + "2.0");
  }

  // ---- a listener that is removed

  private void retire() {
    proxy.service.retire(List.of(front.channel.eventLoop()));
    front.channel.runPendingTasks();
  }

  @Test
  void ofARemovedListenerIdleConnectionsAreClosed() {
    retire();
    assertThat(front.isOpen()).isFalse();
  }

  @Test
  void ofARemovedListenerAResponseThatCanSaysItIsTheLast() {
    Peer upstream = proxy.upstream();
    front.send(GET);
    retire();
    upstream.send(OK);
    assertThat(front.received()).contains("\r\nConnection: close\r\n").endsWith("ok");
    assertThat(front.isEnding()).isTrue();
    assertThat(proxy.idle()).isEqualTo(1);
  }

  @Test
  void ofARemovedListenerAResponseThatHasBegunIsTheLast() {
    Peer upstream = proxy.upstream();
    front.send(GET);
    upstream.send("HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\n\r\no");
    retire();
    upstream.send("k");
    assertThat(front.received()).isEqualTo(OK);
    assertThat(front.isEnding()).isTrue();
  }

  @Test
  void ofARemovedListenerTunnelsGoOn() {
    Peer upstream = proxy.upstream();
    front.send("GET / HTTP/1.1\r\n" + HOST + "Connection: upgrade\r\nUpgrade: a\r\n\r\n");
    upstream.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\n\r\n");
    front.received();
    upstream.received();
    retire();
    front.send("x");
    upstream.send("y");
    assertThat(upstream.received()).isEqualTo("x");
    assertThat(front.received()).isEqualTo("y");
  }

  /** It was accepted before, and is in its handshake while those that are idle are closed. */
  @Test
  void ofARemovedListenerAConnectionThatBeginsLateHasNoIdleTime() {
    retire();
    Peer late = proxy.accept();
    Peer idle = proxy.accept();
    Peer upstream = proxy.upstreamOf(late);
    late.send(GET);
    upstream.send(OK);
    assertThat(late.received()).contains("\r\nConnection: close\r\n").endsWith("ok");
    assertThat(late.isEnding()).isTrue();
    assertThat(idle.isOpen()).isTrue();
    proxy.pass(EmbeddedProxy.HEAD.plus(TICK));
    assertThat(idle.isOpen()).isFalse();
  }
}
