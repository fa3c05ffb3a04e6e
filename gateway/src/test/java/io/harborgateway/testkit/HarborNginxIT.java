package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HarborNginxIT {
  @TempDir static Path folder;

  private static Origin origin;
  private static HarborNginx nginx;

  @BeforeAll
  static void start() {
    origin =
        Origin.start(
            Behaviours.http(request ->
                request.target().equals("/ws")
                    ? Answer.tunnel("websocket", Behaviours.echoBytes())
                    : Answer.of(201)
                        .field("X-Sha256", request.body().sha256())
                        .field("X-Host", request.head().field("Host").orElse("none"))));
    nginx = HarborNginx.start(folder, origin);
  }

  @AfterAll
  static void stop() {
    nginx.close();
    origin.close();
  }

  private static RawClient connect(InetSocketAddress to) throws IOException {
    return RawClient.connect(
        to, RawClient.Tls.of(nginx.certificates().trusting()).serverName(HarborNginx.NAME));
  }

  private static HttpResponse exchange(InetSocketAddress to, String request) throws IOException {
    try (var client = connect(to)) {
      return client.send(request).readResponse();
    }
  }

  @Test
  void redirectsToHttps() throws IOException {
    try (var client = RawClient.connect(nginx.http())) {
      var response =
          client.send("GET /v2/?a=b HTTP/1.1\r\nHost: registry.test\r\n\r\n").readResponse();
      assertThat(response.status()).isEqualTo(308);
      assertThat(response.head().field("Location")).contains("https://registry.test/v2/?a=b");
    }
  }

  @Test
  void namesTheOutsideInTheTokenRealmOnBothTlsPorts() throws IOException {
    String request = "GET /v2/ HTTP/1.1\r\nHost: a.test:8443\r\nX-Forwarded-Proto: %s\r\n\r\n";
    var response = exchange(nginx.https(), request.formatted("http"));
    assertThat(response.status()).isEqualTo(401);
    assertThat(response.head().field("WWW-Authenticate"))
        .contains("Bearer realm=\"http://a.test:8443/service/token\",service=\"harbor-registry\"");
    assertThat(exchange(nginx.notary(), request.formatted("")).head().field("WWW-Authenticate"))
        .get()
        .asString()
        .startsWith("Bearer realm=\"https://a.test:8443/");
  }

  @Test
  void showsWhatItReceived() throws IOException {
    var response =
        exchange(
            nginx.https(),
            "GET /echo?q=%41 HTTP/1.1\r\nHost: a.test\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");
    assertThat(response.body().text())
        .contains(
            "method: GET\n",
            "target: /echo?q=%41\n",
            "host: a.test\n",
            "sni: " + HarborNginx.NAME + "\n",
            "x-forwarded-for: 192.0.2.1\n",
            "x-real-ip: \n");
  }

  @Test
  void servesBlobsWholeAndInRanges() throws IOException {
    var payload = new Payload(3 << 20);
    try (var out = Files.newOutputStream(nginx.blobs().resolve("layer"))) {
      payload.writeTo(out);
    }
    var whole = exchange(nginx.https(), "GET /blob/layer HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(whole.body().sha256()).isEqualTo(payload.sha256());
    var range =
        exchange(
            nginx.https(), "GET /blob/layer HTTP/1.1\r\nHost: a\r\nRange: bytes=10-19\r\n\r\n");
    assertThat(range.status()).isEqualTo(206);
    assertThat(range.head().field("Content-Range")).contains("bytes 10-19/3145728");
  }

  @Test
  void passesUploadsOnAsTheyCome() throws IOException {
    var payload = new Payload(5 << 20);
    try (var client = connect(nginx.https())) {
      client.send(
          "PATCH /upload/x HTTP/1.1\r\nHost: a.test:1\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("5\r\nhello\r\n");
      Await.until(
          "the first chunk at the origin",
          () -> origin.received().stream().anyMatch(text -> text.contains("hello")));
      client.send("0\r\n\r\n");
      assertThat(client.readResponse().head().field("X-Host")).contains("a.test:1");

      client.send("PUT /upload/y HTTP/1.1\r\nHost: a\r\nContent-Length: " + payload.length());
      client.send("\r\n\r\n");
      payload.writeTo(client.output());
      assertThat(client.readResponse().head().field("X-Sha256")).contains(payload.sha256());
    }
  }

  @Test
  void switchesProtocols() throws IOException {
    try (var client = connect(nginx.https())) {
      client.send(
          "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(101);
      assertThat(client.send("ping").read(4)).isEqualTo("ping");
    }
  }

  @Test
  void tellsWhatReachedIt() throws IOException {
    var before = nginx.traffic();
    try (var idle = connect(nginx.https());
        var busy = connect(nginx.https())) {
      assertThat(idle.session().isValid()).isTrue();
      busy.send("GET /echo?logged HTTP/1.1\r\nHost: a.test\r\n\r\n").readResponse();
      Await.until(
          "the log's line",
          () ->
              nginx.accessLog().stream()
                  .anyMatch(line -> line.contains("/echo?logged a.test 200")));
      var after = nginx.traffic();
      assertThat(after.connections() - before.connections()).isEqualTo(2);
      assertThat(after.requests() - before.requests()).isOne();
    }
  }

  @Test
  void stopsAndStartsOnTheSamePorts() throws IOException {
    long pid = nginx.pid();
    nginx.stop();
    assertThatThrownBy(() -> RawClient.connect(nginx.https())).isInstanceOf(ConnectException.class);
    assertThat(ProcessHandle.of(pid)).isEmpty();
    nginx.start();
    assertThat(nginx.pid()).isNotEqualTo(pid);
    assertThat(exchange(nginx.https(), "GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n").status())
        .isEqualTo(401);
  }
}
