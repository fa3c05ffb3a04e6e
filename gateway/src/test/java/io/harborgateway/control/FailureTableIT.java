package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.AccessLog;
import io.harborgateway.http.head.Failure;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviour;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.HttpResponse;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rows of the table of failures that can be provoked from outside, each seen end to end. */
@Timeout(60)
class FailureTableIT {
  private static final String OTHER = "11111111-2222-3333-4444-555555555555";
  private static final String GET = "GET /v2/ HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n";
  private static final String PUT =
      "PUT /v2/x HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\nContent-Length: 10\r\n\r\n";
  private static final String SHORT = "head: 700ms, idle: 60s, inactivity: 700ms, response: 700ms";

  @TempDir static Path folder;

  private static final AtomicReference<SSLContext> upstreamCertificate = new AtomicReference<>();
  private static TestCertificates upstreamCa;
  private static Origin origin;
  private static Origin tlsOrigin;
  private static Origin stopped;
  private static ServerSocket full;
  private static GatewayYaml yaml;
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    upstreamCa = TestCertificates.in(Files.createDirectory(folder.resolve("upstream-ca")));
    upstreamCertificate.set(upstreamCa.presenting(upstreamCa.issue("harbor.test")));
    origin = Origin.start(Behaviours.http(request -> Answer.of(200).text("fine")));
    stopped = Origin.start(Behaviours.silent());
    full = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    tlsOrigin = Origin.start(FailureTableIT::serveTls);
    String noPool = "max-idle-connections: 0";
    // Failed dials bring checks forward, which would make it down before the next test.
    String staysUp = ", health: {fall: 100}";
    yaml =
        new GatewayYaml(folder)
            .instance(OTHER)
            .listener("http", "http", origin.address(), noPool, "")
            .listener("short", "http", origin.address(), noPool, SHORT)
            .listener("https", "https", origin.address(), noPool, "")
            // Of these two only the dial of a request is to find what is wrong.
            .listener(
                "stopped", "http", stopped.address(), noPool + ", health: {interval: 60s}", "")
            .listener(
                "full",
                "http",
                (InetSocketAddress) full.getLocalSocketAddress(),
                noPool + ", connect-timeout: 500ms" + staysUp,
                "")
            .listener(
                "tls",
                "http",
                tlsOrigin.address(),
                noPool
                    + ", tls: {ca: \""
                    + upstreamCa.ca()
                    + "\", server-name: harbor.test}"
                    + staysUp,
                "")
            .section("http: {max-head-size: 8KiB, max-target-size: 1KiB}");
    gateway = TestGateway.start(folder, yaml.text());
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    origin.close();
    tlsOrigin.close();
    stopped.close();
    full.close();
  }

  /** TLS with the certificate of the moment, then a small HTTP server. */
  private static void serveTls(InputStream in, OutputStream out, Socket transport)
      throws IOException {
    SSLContext context = Objects.requireNonNull(upstreamCertificate.get());
    try (var socket = (SSLSocket) context.getSocketFactory().createSocket(transport, null, true)) {
      socket.setUseClientMode(false);
      socket.startHandshake();
      Behaviours.http(request -> Answer.of(200).text("fine"))
          .serve(
              new BufferedInputStream(socket.getInputStream()), socket.getOutputStream(), socket);
    }
  }

  private static RawClient connect(String listener) throws IOException {
    return RawClient.connect(gateway.address(listener)).timeout(Duration.ofSeconds(20));
  }

  private static HttpResponse get(String listener) throws IOException {
    try (var client = connect(listener)) {
      return client.send(GET).readResponse();
    }
  }

  /** What log and metrics say of the failure on this listener, once they do. */
  private static AccessLog.Entry logged(String listener, Failure failure, double countBefore) {
    Await.until(
        failure.code() + " is counted", () -> counted(listener, failure) == countBefore + 1);
    List<AccessLog.Entry> entries =
        gateway.requests().stream()
            .filter(e -> e.listener().equals(listener) && failure.code().equals(e.failure()))
            .toList();
    return entries.getLast();
  }

  private static double counted(String listener, Failure failure) {
    String line =
        "harbor_gateway_failures_total{code=\"%s\",listener=\"%s\"} "
            .formatted(failure.code(), listener);
    return gateway
        .gateway()
        .plane()
        .meters()
        .scrape()
        .lines()
        .filter(l -> l.startsWith(line))
        .mapToDouble(l -> Double.parseDouble(l.substring(line.length())))
        .sum();
  }

  /** Sends the request, and holds the answer against the table, also whether it closes. */
  private static void expect(Failure failure, String listener, String request) throws IOException {
    double before = counted(listener, failure);
    try (var client = connect(listener)) {
      expect(failure, listener, client.send(request), before);
    }
  }

  private static void expect(Failure failure, String listener, RawClient client, double before)
      throws IOException {
    HttpResponse response = client.readResponse();
    assertThat(response.status()).isEqualTo(failure.status());
    assertThat(response.head().field("X-Harbor-Gateway-Error")).contains(failure.code());
    assertThat(response.head().field("X-Request-Id")).isPresent();
    assertThat(response.body().text()).contains(failure.reason());

    AccessLog.Entry entry = logged(listener, failure, before);
    assertThat(entry.status()).isEqualTo(failure.status());
    if (entry.requestId() != null) {
      assertThat(response.head().field("X-Request-Id")).contains(entry.requestId());
    }

    boolean closes = response.head().field("Connection").filter("close"::equals).isPresent();
    assertThat(closes).isEqualTo(failure.after() == Failure.After.CLOSE);
    if (closes) {
      client.expectEnd();
    } else {
      client.send("GET / HTTP/1.1\r\nHost: nobody.test\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(404);
    }
  }

  // ---- what the client does

  static Stream<Arguments> refusedRequests() {
    String host = "Host: " + GatewayYaml.NAME + "\r\n";
    return Stream.of(
        Arguments.of(Failure.BAD_REQUEST_LINE, "GET  / HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(Failure.BAD_FIELD, "GET / HTTP/1.1\r\n" + host + "A : b\r\n\r\n"),
        Arguments.of(Failure.BAD_HOST, "GET / HTTP/1.1\r\n\r\n"),
        Arguments.of(
            Failure.BAD_FRAMING,
            "PUT / HTTP/1.1\r\n"
                + host
                + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            Failure.BAD_CHUNK,
            "PUT / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"),
        Arguments.of(Failure.HTTP2_PREFACE, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Arguments.of(Failure.UNKNOWN_HOST, "GET / HTTP/1.1\r\nHost: other.test\r\n\r\n"),
        Arguments.of(
            Failure.METHOD_NOT_ALLOWED, "CONNECT a.test:1 HTTP/1.1\r\nHost: a.test:1\r\n\r\n"),
        Arguments.of(
            Failure.TARGET_TOO_LONG, "GET /" + "x".repeat(1024) + " HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(
            Failure.HEAD_TOO_LARGE,
            "GET / HTTP/1.1\r\n" + host + ("A: " + "x".repeat(1000) + "\r\n").repeat(9) + "\r\n"),
        Arguments.of(
            Failure.TOO_MANY_FIELDS, "GET / HTTP/1.1\r\n" + host + "b:\r\n".repeat(200) + "\r\n"),
        Arguments.of(
            Failure.UNSUPPORTED_TRANSFER_CODING,
            "PUT / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(Failure.UNSUPPORTED_VERSION, "GET / HTTP/3.0\r\n" + host + "\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refusedRequests(Failure failure, String request) throws IOException {
    origin.behave(Behaviours.http(read -> Answer.of(200)));
    expect(failure, "http", request);
  }

  @Test
  void aHostOfAnotherInstanceThanTheCertificates() throws IOException {
    double before = counted("https", Failure.MISDIRECTED);
    try (var client = RawClient.connect(gateway.address("https"), yaml.tls())) {
      client.send("GET / HTTP/1.1\r\nHost: " + OTHER + ".registry.test\r\n\r\n");
      expect(Failure.MISDIRECTED, "https", client, before);
    }
  }

  @Test
  void aHeadThatDoesNotComeInTime() throws IOException {
    expect(Failure.CLIENT_TIMEOUT, "short", "GET / HTTP/1.1\r\nHo");
  }

  @Test
  void aBodyThatStopsComing() throws IOException {
    origin.behave(Behaviours.silent());
    expect(Failure.CLIENT_TIMEOUT, "short", PUT + "12345");
  }

  @Test
  void theClientIsGoneWhileItWaits() throws IOException {
    origin.behave(Behaviours.silent());
    double before = counted("http", Failure.CLIENT_GONE);
    try (var client = connect("http")) {
      client.send(GET);
      Await.until("the request is upstream", () -> received("GET /v2/ "));
    }
    Await.until("the upstream connection is closed", () -> origin.openConnections() == 0);
    assertThat(logged("http", Failure.CLIENT_GONE, before).status()).isEqualTo(499);
  }

  @Test
  void theClientIsResetWhileItSends() throws IOException {
    origin.behave(Behaviours.silent());
    double before = counted("http", Failure.CLIENT_GONE);
    try (var client = connect("http")) {
      client.send(PUT.replace("/v2/x", "/v2/reset") + "123");
      Await.until("the request is upstream", () -> received("PUT /v2/reset "));
      client.reset();
    }
    Await.until("the upstream connection is closed", () -> origin.openConnections() == 0);
    assertThat(logged("http", Failure.CLIENT_GONE, before).status()).isEqualTo(499);
  }

  @Test
  void theClientIsGoneWithinTheResponse() throws IOException {
    origin.behave((in, out, socket) -> {
      out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nbegin"));
      in.transferTo(OutputStream.nullOutputStream());
    });
    double before = counted("http", Failure.CLIENT_GONE);
    try (var client = connect("http")) {
      client.send(GET);
      client.readHead();
    }
    Await.until("the upstream connection is closed", () -> origin.openConnections() == 0);
    assertThat(logged("http", Failure.CLIENT_GONE, before).sentBytes()).isEqualTo(5);
  }

  private static boolean received(String start) {
    return origin.received().stream().anyMatch(text -> text.startsWith(start));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  // ---- what the upstream does

  @Test
  void theUpstreamRefuses() throws IOException {
    stopped.stop();
    expect(Failure.UPSTREAM_REFUSED, "stopped", GET);
  }

  @Test
  void theUpstreamDoesNotAcceptInTime() throws IOException {
    var filling = new ArrayList<Socket>();
    try {
      for (boolean accepts = true; accepts; ) {
        var socket = new Socket();
        filling.add(socket);
        try {
          socket.connect(full.getLocalSocketAddress(), 300);
        } catch (SocketTimeoutException e) {
          accepts = false; // the queue of the listening socket is full
        }
      }
      expect(Failure.UPSTREAM_CONNECT_TIMEOUT, "full", GET);
    } finally {
      for (Socket socket : filling) {
        socket.close();
      }
    }
  }

  @Test
  void theUpstreamsCertificateIsOfAnotherAuthority() throws IOException {
    assertThat(get("tls").status()).isEqualTo(200);
    SSLContext good = upstreamCertificate.get();
    var ca = TestCertificates.in(Files.createTempDirectory(folder, "other-ca-"));
    upstreamCertificate.set(ca.presenting(ca.issue("harbor.test")));
    expect(Failure.UPSTREAM_TLS, "tls", GET);
    upstreamCertificate.set(upstreamCa.presenting(upstreamCa.issue("other.test")));
    expect(Failure.UPSTREAM_TLS, "tls", GET);
    upstreamCertificate.set(good);
    assertThat(get("tls").status()).isEqualTo(200);
  }

  @Test
  void theUpstreamClosesBeforeItAnswers() throws IOException {
    origin.behave(Behaviours.closeBeforeFirstByte());
    expect(Failure.UPSTREAM_CLOSED, "http", GET);
    origin.behave(Behaviours.reset());
    expect(Failure.UPSTREAM_CLOSED, "http", GET);
    origin.behave(Behaviours.closeAfter("HTTP/1.1 200 O"));
    expect(Failure.UPSTREAM_CLOSED, "http", GET);
  }

  @Test
  void theUpstreamsResponseIsMalformed() throws IOException {
    for (String answer :
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
            "SSH-2.0-OpenSSH_9.2\r\n")) {
      origin.behave(Behaviours.garbage(ascii(answer)));
      expect(Failure.UPSTREAM_BAD_RESPONSE, "http", GET);
    }
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource
  void truncatedResponses(String response, Behaviour then) throws IOException {
    double before = counted("http", Failure.UPSTREAM_TRUNCATED);
    origin.behave((in, out, socket) -> {
      in.read();
      in.skipNBytes(in.available());
      out.write(ascii(response));
      then.serve(in, out, socket);
    });
    try (var client = connect("http")) {
      client.send(GET).expectReset(); // which may overtake what came before it
    }
    var entry = logged("http", Failure.UPSTREAM_TRUNCATED, before);
    assertThat(entry.status()).isEqualTo(200);
  }

  static Stream<Arguments> truncatedResponses() {
    Behaviour close = (in, out, socket) -> {};
    Behaviour stay = (in, out, socket) -> in.transferTo(OutputStream.nullOutputStream());
    Behaviour reset = (in, out, socket) -> socket.setSoLinger(true, 0);
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    return Stream.of(
        Arguments.of("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart", close),
        Arguments.of("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart", reset),
        Arguments.of("HTTP/1.1 200 OK\r\n\r\nuntil close", reset),
        Arguments.of(chunked + "4\r\npart\r\n", close),
        Arguments.of(chunked + "4\r\npart\r\nxyz\r\n", stay));
  }

  @Test
  void theUpstreamIsSilent() throws IOException {
    origin.behave(Behaviours.silent());
    expect(Failure.UPSTREAM_SILENT, "short", GET);
    expect(Failure.UPSTREAM_SILENT, "short", PUT + "1234567890");
    Await.until("the upstream connections are closed", () -> origin.openConnections() == 0);
  }

  @Test
  void theUpstreamStopsWithinItsResponse() throws IOException {
    origin.behave(Behaviours.garbage(ascii("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")));
    double before = counted("short", Failure.UPSTREAM_TRUNCATED);
    try (var client = connect("short")) {
      client.send(GET).readHead();
      client.expectReset();
    }
    assertThat(logged("short", Failure.UPSTREAM_TRUNCATED, before).sentBytes()).isEqualTo(4);
  }

  @Test
  void anAnswerThatComesBeforeTheRequestIsWholeIsPassedOnAndEndsTheConnection() throws IOException {
    origin.behave((in, out, socket) -> {
      in.read();
      out.write(ascii("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"));
      in.transferTo(OutputStream.nullOutputStream());
    });
    try (var client = connect("http")) {
      // More than is waited for: of a short rest the connection would be kept.
      String large = PUT.replace("Content-Length: 10", "Content-Length: 1000000");
      HttpResponse response = client.send(large + "123").readResponse();
      assertThat(response.status()).isEqualTo(413);
      assertThat(response.head().field("Connection")).contains("close");
      client.expectEnd();
    }
    Await.until("the upstream connection is closed", () -> origin.openConnections() == 0);
  }
}
