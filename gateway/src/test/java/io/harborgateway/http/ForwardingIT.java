package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.HttpResponse;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.Payload;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is clear passes unchanged: byte for byte what an origin and a client get. */
class ForwardingIT {
  private static final String HOST = "Host: " + Stand.NAME + "\r\n";
  private static final Payload PAYLOAD = new Payload(10 << 20);

  private final Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private Stand stand;

  ForwardingIT(@TempDir Path folder) {
    this.folder = folder;
    stand = Stand.start(folder, origin.port());
  }

  @AfterEach
  void stop() {
    stand.close();
    origin.close();
  }

  /** What reached the origin on its only connection that was not a health check's. */
  private String received() {
    Await.until("a request", () -> origin.received().stream().anyMatch(text -> !text.isEmpty()));
    return String.join("", origin.received());
  }

  private static String forwardedFields(String scheme) {
    return "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nX-Forwarded-Proto: "
        + scheme
        + "\r\nX-Forwarded-Host: "
        + Stand.NAME
        + "\r\n";
  }

  // ---- heads

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void aHeadOfDockerArrivesAsItWas(String scheme) throws IOException {
    String line =
        "PATCH /v2/library%2Fnginx/blobs/uploads/1?_state=a%3D%3D&x=%e4+b%20c HTTP/1.1\r\n";
    String fields =
        "User-Agent: docker/27.3.1 go/go1.22 (linux)\r\nContent-Length: 5\r\n"
            + "authorization:Bearer a.b-c\r\nContent-Range:  0-4 \r\nCookie: a=1\r\n"
            + "Cookie: b=\u00e4\r\n";
    try (RawClient client = stand.connect(scheme)) {
      client.send(
          line
              + HOST
              + "Connection: close, X-Hop\r\n"
              + fields
              + "Keep-Alive: timeout=5\r\nTE: trailers\r\nX-Hop: 1\r\nX-Forwarded-For: 1.1.1.1\r\n"
              + "Accept-Encoding: gzip\r\n\r\nhello");
      assertThat(client.readResponse().status()).isEqualTo(201);
      client.expectEnd();
    }
    assertThat(received())
        .isEqualTo(
            line
                + HOST
                + fields
                + "Accept-Encoding: gzip\r\n"
                + forwardedFields(scheme)
                + "\r\nhello");
  }

  @Test
  void theForwardedFieldsOfGorouterAreKept() throws IOException {
    stand.close();
    stand =
        Stand.start(folder, origin.port(), "http: {trusted-proxies: [127.0.0.1, 10.0.16.0/24]}");
    String fields =
        "User-Agent: skopeo/1.14\r\nX-Cf-Applicationid: a\r\nX-Cf-Instanceindex: 0\r\n"
            + "X-Forwarded-Proto: https\r\nX-Request-Start: 1700000000000\r\n"
            + "X-Vcap-Request-Id: 5b0a6d7e-0000-4000-8000-000000000000\r\nX-B3-Traceid: 1\r\n"
            + "X-Forwarded-Client-Cert: MII\r\nAccept-Encoding: gzip\r\n";
    try (RawClient client = stand.connect("https")) {
      client.send(
          "GET /v2/ HTTP/1.1\r\n"
              + HOST
              + "X-Forwarded-For: 203.0.113.7, 10.0.16.9\r\n"
              + fields
              + "\r\n");
      assertThat(client.readResponse().status()).isEqualTo(201);
    }
    assertThat(received())
        .isEqualTo(
            "GET /v2/ HTTP/1.1\r\n"
                + HOST
                + fields
                + "X-Forwarded-For: 203.0.113.7, 10.0.16.9, 127.0.0.1\r\n"
                + "X-Real-IP: 203.0.113.7\r\nX-Forwarded-Host: "
                + Stand.NAME
                + "\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void aResponseComesBackAsItWas(String scheme) throws IOException {
    String response =
        "HTTP/1.1 202 Accepted\r\nServer: nginx\r\nDate: d\r\ncontent-length: 3\r\n"
            + "Location: https://"
            + Stand.NAME
            + "/v2/a%2Fb/blobs/uploads/1?_state=x%3D%3D&y=%20\r\n"
            + "Docker-Upload-UUID: 1\r\nContent-Range: bytes 0-2/9\r\nRange: 0-2\r\n"
            + "Set-Cookie: a=1\r\nSet-Cookie: b=\u00e4\r\n\r\nabc";
    origin.behave(Behaviours.garbage(response.getBytes(StandardCharsets.ISO_8859_1)));
    try (RawClient client = stand.connect(scheme)) {
      client.send("GET / HTTP/1.1\r\n" + HOST + "\r\n");
      assertThat(client.read(response.length())).isEqualTo(response);
    }
  }

  @Test
  void chunksAndTrailersPassInCanonicalFormInBothDirections() throws IOException {
    String body =
        "3;name=\"a;b\";x\r\nabc\r\n00a\r\n0123456789\r\n1\r\n\n\r\n0;end\r\nDigest: 1\r\nX-T:\r\n\r\n";
    String canonical = "3\r\nabc\r\na\r\n0123456789\r\n1\r\n\n\r\n0\r\nDigest: 1\r\nX-T:\r\n\r\n";
    String head =
        "HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\nTrailer: Digest\r\n\r\n";
    origin.behave(Behaviours.garbage((head + body).getBytes(StandardCharsets.ISO_8859_1)));
    String request =
        "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\nTrailer: Digest\r\n";
    try (RawClient client = stand.connect("https")) {
      client.send(request + "\r\n" + body);
      assertThat(client.read(head.length() + canonical.length())).isEqualTo(head + canonical);
    }
    String expected = request + forwardedFields("https") + "\r\n" + canonical;
    Await.until("the whole request", () -> received().length() >= expected.length());
    assertThat(received()).isEqualTo(expected);
  }

  // ---- the course of a connection

  @Test
  void aClientThatExpectsToContinueWaitsForTheOriginsWord() throws IOException {
    try (RawClient client = stand.connect("https")) {
      client.send(
          "PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.readHead().startLine()).isEqualTo("HTTP/1.1 100 Continue");
      client.send("hello");
      assertThat(client.readResponse().head().values("X-Received-Bytes")).containsExactly("5");
    }
  }

  @Test
  void aRefusedExpectationEndsTheRequest() throws IOException {
    origin.behave(
        Behaviours.garbage(
            "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)));
    try (RawClient client = stand.connect("https")) {
      client.send(
          "PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
      HttpResponse response = client.readResponse();
      assertThat(response.status()).isEqualTo(401);
      assertThat(response.head().values("Connection")).containsExactly("close");
      client.expectEnd();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void pipelinedRequestsAreAnsweredInTheirOrder(String listener) throws IOException {
    origin.behave(
        Behaviours.http(
            request -> Answer.of(200).text(request.target() + "=" + request.body().text())));
    var requests = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      requests
          .append("POST /%d HTTP/1.1\r\n%s".formatted(i, HOST))
          .append(
              i % 2 == 0
                  ? "Content-Length: 2\r\n\r\nab"
                  : "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n");
    }
    try (RawClient client = stand.connect(listener)) {
      client.send(requests.toString());
      for (int i = 0; i < 50; i++) {
        assertThat(client.readResponse().body().text()).isEqualTo("/" + i + "=ab");
      }
    }
  }

  @Test
  void http10GetsABodyThatEndsWithItsConnection() throws IOException {
    origin.behave(
        Behaviours.http(request -> Answer.of(200).field("Date", "d").text("chunks").chunked()));
    try (RawClient client = stand.connect("https")) {
      client.send("GET / HTTP/1.0\r\n" + HOST + "Connection: keep-alive\r\n\r\n");
      assertThat(client.readToEnd())
          .isEqualTo("HTTP/1.1 200 Reason\r\nDate: d\r\nConnection: close\r\n\r\nchunks");
    }
    assertThat(received()).startsWith("GET / HTTP/1.1\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void anUpgradeBecomesATunnel(String listener) throws IOException {
    origin.behave(
        Behaviours.http(request ->
            Answer.tunnel(request.head().field("Upgrade").orElse(""), Behaviours.echoBytes())));
    try (RawClient client = stand.connect(listener)) {
      client.send(
          "GET /ws HTTP/1.1\r\n" + HOST + "Upgrade: websocket\r\nConnection: upgrade\r\n\r\n");
      var head = client.readHead();
      assertThat(head.startLine()).startsWith("HTTP/1.1 101 ");
      assertThat(head.values("Upgrade")).containsExactly("websocket");
      assertThat(head.values("Connection")).containsExactly("Upgrade");
      client.send("\0\1GET / HTTP/1.1\r\n\r\n");
      assertThat(client.read(20)).isEqualTo("\0\1GET / HTTP/1.1\r\n\r\n");
    }
    assertThat(received())
        .startsWith("GET /ws HTTP/1.1\r\n")
        .contains("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n");
  }

  @Test
  void theUpstreamsConnectionIsUsedAgain() throws IOException {
    try (RawClient client = stand.connect("http")) {
      for (int i = 0; i < 10; i++) {
        client.send("GET / HTTP/1.1\r\n" + HOST + "\r\n");
        assertThat(client.readResponse().status()).isEqualTo(201);
      }
    }
    assertThat(origin.received().stream().filter(text -> !text.isEmpty())).hasSize(1);
  }

  // ---- large bodies

  @ParameterizedTest
  @CsvSource({"http, false", "http, true", "https, false", "https, true"})
  void uploadsArriveWhole(String listener, boolean chunked) throws Exception {
    try (RawClient client = stand.connect(listener).timeout(Duration.ofSeconds(30))) {
      String framing =
          chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + PAYLOAD.length();
      client.send("PUT / HTTP/1.1\r\n" + HOST + framing + "\r\n\r\n");
      write(client.output(), chunked);
      assertThat(client.readResponse().head().values("Docker-Content-Digest"))
          .containsExactly("sha256:" + PAYLOAD.sha256());
    }
  }

  private static void write(OutputStream out, boolean chunked) throws IOException {
    if (chunked) {
      PAYLOAD.writeChunkedTo(out);
    } else {
      PAYLOAD.writeTo(out);
    }
  }

  @ParameterizedTest
  @CsvSource({"http, length", "http, chunks", "https, length", "https, chunks", "https, close"})
  void downloadsArriveWhole(String listener, String framing) throws IOException {
    origin.behave(
        Behaviours.http(request -> {
          Answer answer = Answer.of(200).payload(PAYLOAD);
          return switch (framing) {
            case "chunks" -> answer.trailer("Digest", "1");
            case "close" -> answer.untilClose();
            default -> answer;
          };
        }));
    try (RawClient client = stand.connect(listener).timeout(Duration.ofSeconds(30))) {
      HttpResponse response = client.send("GET / HTTP/1.1\r\n" + HOST + "\r\n").readResponse();
      assertThat(response.body().sha256()).isEqualTo(PAYLOAD.sha256());
      assertThat(response.body().trailers()).hasSize(framing.equals("chunks") ? 1 : 0);
    }
  }
}
