package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(100)
class LimitsIT {
  private static final String GET = "GET / HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n";

  @TempDir Path folder;

  private static RawClient connect(GatewayYaml yaml) throws IOException {
    return RawClient.connect(yaml.address("http")).timeout(Duration.ofSeconds(20));
  }

  private static int get(RawClient client) throws IOException {
    return client.send(GET).readResponse().status();
  }

  @ParameterizedTest
  @CsvSource({"max-connections: 3, all", "max-connections-per-client: 3, client"})
  void aConnectionBeyondTheLimitIsResetAndCounted(String limit, String name) throws IOException {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(200)))) {
      var yaml =
          new GatewayYaml(folder)
              .listener("http", "http", origin.address())
              .section("limits: {" + limit + "}");
      try (var gateway = TestGateway.start(folder, yaml.text())) {
        List<RawClient> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          open.add(connect(yaml));
          assertThat(get(open.getLast())).isEqualTo(200);
        }
        assertThatThrownBy(
                () -> {
                  try (var beyond = connect(yaml)) {
                    get(beyond);
                  }
                })
            .isInstanceOf(SocketException.class);
        assertThat(gateway.gateway().plane().meters().scrape())
            .containsPattern(
                "harbor_gateway_connections_refused_total\\{limit=\"" + name + "\".*} 1\\.0");

        assertThat(get(open.getFirst())).isEqualTo(200);
        open.removeFirst().close();
        Await.until("its place is free", () -> gateway.gateway().plane().limits().open() == 2);
        try (var next = connect(yaml)) {
          assertThat(get(next)).isEqualTo(200);
        }
        for (RawClient client : open) {
          client.close();
        }
      }
    }
  }

  @Test
  void outOfDescriptorsItPausesSaysSoOnceAndLivesOn() throws Exception {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(200)))) {
      var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
      try (var gateway = GatewayProcess.launch(folder, yaml.text()).started()) {
        // Lowered only now: at the start it would lower the limit of connections, too.
        new ProcessBuilder("prlimit", "--pid", Long.toString(gateway.pid()), "--nofile=130:130")
            .inheritIO()
            .start()
            .waitFor();
        List<RawClient> open = new ArrayList<>();
        try (var early = connect(yaml)) {
          assertThat(get(early)).isEqualTo(200);
          // The kernel accepts them into its queue; the gateway takes what it has descriptors for.
          for (int i = 0; i < 200; i++) {
            open.add(connect(yaml));
          }
          gateway.awaitLine("accepting paused: out of file descriptors");
          assertThat(get(early)).isEqualTo(200); // what is open is served
        }
        for (RawClient client : open) {
          client.close();
        }
        Await.until(
            "it serves again",
            Duration.ofSeconds(30),
            () -> {
              try (var client = connect(yaml)) {
                return get(client) == 200;
              }
            });
        assertThat(gateway.count("accepting paused")).isEqualTo(1);
        gateway.terminate();
        assertThat(gateway.exitCode()).isZero();
      }
    }
  }

  @Test
  void withFewDescriptorsStrangersLeaveSomeForTrustedProxiesAndTheAdminEndpoint() throws Exception {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(200)))) {
      var yaml =
          new GatewayYaml(folder)
              .listener("http", "http", origin.address())
              .section("http: {trusted-proxies: [127.0.0.2/32]}");
      try (var gateway = GatewayProcess.launch(folder, yaml.text(), "ulimit -n 400;").started()) {
        List<RawClient> strangers = new ArrayList<>();
        for (int i = 0; i < 450; i++) {
          strangers.add(connect(yaml));
        }
        gateway.awaitLine("connections refused: limit=strangers");
        assertThat(trustedGet(yaml)).startsWith("HTTP/1.1 200");
        try (var admin = new AdminClient(yaml)) {
          assertThat(admin.ask("GET", "/healthz").status()).isEqualTo(200);
        }
        assertThat(gateway.count("limits.max-connections is lowered")).isEqualTo(1);
        assertThat(gateway.output())
            .containsPattern(
                "ulimit -n, LimitNOFILE=.*descriptors=\"400\" configured=\"10000\""
                    + " effective=\"\\d+\"")
            .doesNotContain("accepting paused");
        for (RawClient client : strangers) {
          client.close();
        }
      }
    }
  }

  private static String trustedGet(GatewayYaml yaml) throws IOException {
    try (var socket = new Socket()) {
      socket.bind(new InetSocketAddress("127.0.0.2", 0));
      socket.setSoTimeout(10_000);
      socket.connect(yaml.address("http"));
      socket.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
    }
  }
}
