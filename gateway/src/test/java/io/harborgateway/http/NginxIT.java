package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.Curl;
import io.harborgateway.testkit.HarborNginx;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.Payload;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real curl through the gateway to a real nginx that is configured as Harbor's. */
class NginxIT {
  private static final Payload PAYLOAD = new Payload(10 << 20);

  @TempDir static Path folder;
  private static Origin origin;
  private static HarborNginx nginx;
  private static Stand stand;

  @BeforeAll
  static void start() throws IOException {
    origin = Origin.start(Behaviours.acceptUploads());
    nginx = HarborNginx.start(folder, origin);
    stand =
        Stand.start(
            Files.createDirectory(folder.resolve("gateway")),
            "{address: \"127.0.0.1:" + nginx.http().getPort() + "\"}",
            "{address: \"127.0.0.1:%d\", tls: {ca: %s, server-name: %s}}"
                .formatted(nginx.https().getPort(), nginx.certificates().ca(), HarborNginx.NAME),
            "");
  }

  @AfterAll
  static void stop() {
    stand.close();
    nginx.close();
    origin.close();
  }

  static List<String> names() {
    return Stand.NAMES;
  }

  /** Runs curl for this name, which the gateway's address stands for. */
  private static Command.Result curl(String name, String... arguments) {
    String[] all = new String[arguments.length + 6];
    all[0] = "--cacert";
    all[1] = stand.certificates().ca().toString();
    all[2] = "--resolve";
    all[3] = resolve(name, stand.https());
    all[4] = "--resolve";
    all[5] = resolve(name, stand.http());
    System.arraycopy(arguments, 0, all, 6, arguments.length);
    return Curl.run(all).succeeded();
  }

  private static String resolve(String name, InetSocketAddress address) {
    return name + ":" + address.getPort() + ":127.0.0.1";
  }

  private static String https(String name, String target) {
    return "https://" + name + ":" + stand.https().getPort() + target;
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyNameIsServed(String name) {
    assertThat(curl(name, https(name, "/echo?a=%2F&b=%20c")).stdout())
        .contains("method: GET\n")
        .contains("target: /echo?a=%2F&b=%20c\n")
        .contains("version: HTTP/1.1\n")
        .contains("host: " + name + ":" + stand.https().getPort() + "\n")
        .contains("sni: " + HarborNginx.NAME + "\n")
        .contains("connection: \n")
        .contains("x-forwarded-for: 127.0.0.1\n")
        .contains("x-forwarded-proto: https\n")
        .contains("x-forwarded-host: " + name + ":" + stand.https().getPort() + "\n")
        .contains("x-real-ip: 127.0.0.1\n");
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyNameIsRedirectedToHttps(String name) {
    String url = "http://" + name + ":" + stand.http().getPort() + "/v2/a%2Fb?c=d";
    assertThat(curl(name, "-i", url).stdout())
        .startsWith("HTTP/1.1 308 ")
        .contains("\r\nLocation: https://" + name + "/v2/a%2Fb?c=d\r\n");
  }

  @Test
  void theTokenRealmIsOnTheOutside() {
    assertThat(curl(Stand.NAME, "-i", https(Stand.NAME, "/v2/")).stdout())
        .startsWith("HTTP/1.1 401 ")
        .contains(
            "Bearer realm=\""
                + https(Stand.NAME, "/service/token")
                + "\",service=\"harbor-registry\"");
  }

  /** curl asks to continue by itself, above 1 MiB; nginx is told so here for certain. */
  @ParameterizedTest
  @ValueSource(strings = {"Content-Type: a", "Transfer-Encoding: chunked"})
  void uploadsArriveWhole(String field) throws IOException {
    Path file = folder.resolve("upload");
    try (var out = Files.newOutputStream(file)) {
      PAYLOAD.writeTo(out);
    }
    assertThat(
            curl(
                    Stand.NAME,
                    "-i",
                    "-T",
                    file.toString(),
                    "-H",
                    field,
                    "-H",
                    "Expect: 100-continue",
                    https(Stand.NAME, "/upload/1"))
                .stdout())
        .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 ")
        .contains("\r\nDocker-Content-Digest: sha256:" + PAYLOAD.sha256() + "\r\n")
        .contains("\r\nX-Received-Bytes: " + PAYLOAD.length() + "\r\n");
  }

  @Test
  void downloadsArriveWholeAndInRanges() throws IOException {
    Path blob = nginx.blobs().resolve("b");
    try (var out = Files.newOutputStream(blob)) {
      PAYLOAD.writeTo(out);
    }
    Path got = folder.resolve("download");
    curl(Stand.NAME, "-o", got.toString(), https(Stand.NAME, "/blob/b"));
    assertThat(Files.mismatch(blob, got)).isEqualTo(-1);
    assertThat(
            curl(Stand.NAME, "-I", "-H", "Range: bytes=5-9", https(Stand.NAME, "/blob/b")).stdout())
        .startsWith("HTTP/1.1 206 ")
        .contains("\r\nContent-Range: bytes 5-9/" + PAYLOAD.length() + "\r\n")
        .contains("\r\nContent-Length: 5\r\n");
  }

  /** As docker's first POST of an upload, which has no token yet. */
  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void anAnswerAheadOfTheBodyCostsNoConnection(String listener) throws IOException {
    try (RawClient client = stand.connect(listener)) {
      for (int i = 0; i < 3; i++) {
        client.send(
            "POST /v2/ HTTP/1.1\r\nHost: " + Stand.NAME + "\r\nContent-Length: 9\r\n\r\nabc");
        var response = client.readResponse();
        assertThat(response.status()).isEqualTo(listener.equals("http") ? 308 : 401);
        assertThat(response.head().field("Connection")).isEmpty();
        client.send("defghi");
      }
    }
  }

  @Test
  void nginxSeesNothingOfWhatIsRefused() throws IOException {
    int before = nginx.traffic().requests();
    try (RawClient client = stand.connect("https")) {
      client.send("GET /v2/ HTTP/1.1\r\nHost: unknown.example.com\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(404);
      client.send("GET /v2/ HTTP/1.1\r\nHost: " + Stand.NAME + "\r\nA : b\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(400);
    }
    assertThat(nginx.traffic().requests()).isEqualTo(before);
  }
}
