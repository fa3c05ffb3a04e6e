package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviour;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.HarborNginx;
import io.harborgateway.testkit.HttpHead;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class UpgradeIT {
  private static final String UPGRADE =
      "GET /ws HTTP/1.1\r\nHost: "
          + GatewayYaml.NAME
          + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: abc\r\n\r\n";

  @TempDir static Path folder;

  private static Origin origin;
  private static HarborNginx nginx;
  private static GatewayYaml yaml;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    origin = Origin.start(tunnel(Behaviours.echoBytes()));
    nginx = HarborNginx.start(folder, origin);
    String tls =
        "tls: {ca: \"" + nginx.certificates().ca() + "\", server-name: " + HarborNginx.NAME + "}";
    yaml =
        new GatewayYaml(folder)
            .listener("http", "http", origin.address(), "max-idle-connections: 0", "")
            .listener("https", "https", origin.address(), "max-idle-connections: 0", "")
            .listener("nginx", "https", nginx.https(), tls, "");
    gateway = TestGateway.start(folder, yaml.text());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    nginx.close();
    origin.close();
  }

  private static Behaviour tunnel(Behaviour inside) {
    return Behaviours.http(request -> Answer.tunnel("websocket", inside));
  }

  private static RawClient connect(String listener) throws IOException {
    var address = gateway.address(listener);
    return (listener.equals("http")
            ? RawClient.connect(address)
            : RawClient.connect(address, yaml.tls()))
        .timeout(Duration.ofSeconds(20));
  }

  private static void expectSwitch(RawClient client) throws IOException {
    HttpHead head = client.readHead();
    assertThat(head.startLine()).startsWith("HTTP/1.1 101 ");
    assertThat(head.field("Upgrade")).contains("websocket");
    assertThat(head.field("Connection")).get().asString().isEqualToIgnoringCase("upgrade");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https", "nginx"})
  void bytesGoBothWaysAfterTheSwitch(String listener) throws IOException {
    origin.behave(tunnel(Behaviours.echoBytes()));
    int before = gateway.requests().size();
    try (var client = connect(listener)) {
      expectSwitch(client.send(UPGRADE));
      for (String message : new String[] {"one", "two", "\0\r\n\r\n"}) {
        assertThat(client.send(message).read(message.length())).isEqualTo(message);
      }
    }
    // Among those of other tests, whose tunnels may end only now.
    Await.until(
        "the tunnel is logged with its bytes",
        () ->
            gateway.requests().stream()
                .skip(before)
                .anyMatch(entry -> entry.status() == 101 && entry.receivedBytes() == 11));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void bytesThatComeEarlyOnEitherSideAreNotLost(String listener) throws IOException {
    origin.behave((in, out, socket) -> {
      in.skipNBytes(1);
      // In one write with the head: the gateway finds them behind it.
      out.write(
          ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                  + "early from the origin")
              .getBytes(StandardCharsets.ISO_8859_1));
      in.transferTo(out);
    });
    int before = gateway.requests().size();
    int sent;
    try (var client = connect(listener)) {
      client.send(UPGRADE + "early from the client");
      expectSwitch(client);
      assertThat(client.read("early from the origin".length())).isEqualTo("early from the origin");
      // The origin echoes the rest of the request's head, too.
      String echoed = client.read(1);
      while (!echoed.endsWith("early from the client")) {
        echoed += client.read(1);
      }
      sent = "early from the origin".length() + echoed.length();
    }
    int expected = sent;
    Await.until(
        "the tunnel is logged with these bytes, too",
        () ->
            gateway.requests().stream()
                .skip(before)
                .anyMatch(entry ->
                    entry.status() == 101
                        && entry.receivedBytes() == "early from the client".length()
                        && entry.sentBytes() == expected));
  }

  /** Over TLS it does not: BoringSSL in Netty answers a close_notify with its own at once. */
  @Test
  void theClientsEndLeavesTheOriginsDirectionOpen() throws IOException {
    origin.behave(tunnel(Behaviours.echoBytes()));
    try (var client = connect("http")) {
      expectSwitch(client.send(UPGRADE));
      client.send("last").shutdownOutput();
      assertThat(client.readToEnd()).isEqualTo("last" + Behaviours.ECHO_END);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void theClientsEndReachesTheOriginAfterItsBytes(String listener) throws Exception {
    var received = new CompletableFuture<String>();
    origin.behave(
        tunnel((in, out, socket) ->
            received.complete(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))));
    try (var client = connect(listener)) {
      expectSwitch(client.send(UPGRADE));
      client.send("last").shutdownOutput();
      assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo("last");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void theOriginsEndReachesTheClientAfterItsBytes(String listener) throws Exception {
    var received = new CompletableFuture<String>();
    origin.behave(
        tunnel((in, out, socket) -> {
          out.write("bye".getBytes(StandardCharsets.ISO_8859_1));
          socket.shutdownOutput();
          received.complete(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
        }));
    try (var client = connect(listener)) {
      expectSwitch(client.send(UPGRADE));
      assertThat(client.readToEnd()).isEqualTo("bye");
      client.send("late").shutdownOutput();
      assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo("late");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void aClientThatIsGoneEndsTheOriginsConnection(String listener) throws IOException {
    origin.behave(tunnel(Behaviours.silent()));
    try (var client = connect(listener)) {
      expectSwitch(client.send(UPGRADE));
      client.reset();
    }
    Await.until("the origin's side is closed", () -> origin.openConnections() == 0);
  }

  @Test
  void aResetOfTheOriginIsPassedOn() throws IOException {
    origin.behave(tunnel(Behaviours.reset()));
    try (var client = connect("http")) {
      expectSwitch(client.send(UPGRADE));
      client.send("x").expectReset();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https", "nginx"})
  void aRefusedUpgradeStaysHttp(String listener) throws IOException {
    origin.behave(Behaviours.http(request -> Answer.of(403).text("no")));
    try (var client = connect(listener)) {
      assertThat(client.send(UPGRADE).readResponse().status()).isEqualTo(403);
      assertThat(client.send(UPGRADE).readResponse().status()).isEqualTo(403);
    }
  }
}
