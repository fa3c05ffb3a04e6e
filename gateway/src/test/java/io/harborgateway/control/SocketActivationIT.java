package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.PeerBinary;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sockets from systemd: nobody is refused, whatever the gateway does. */
@Timeout(100)
class SocketActivationIT {
  private static final String REQUEST =
      "GET /v2/ HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n";

  @TempDir Path folder;

  /** Listens at the listeners' addresses, and starts the gateway at the first connection. */
  private GatewayProcess activated(GatewayYaml yaml, List<String> options, String... listeners) {
    List<String> command = new ArrayList<>();
    command.add(PeerBinary.require("systemd-socket-activate", "systemd").toString());
    for (String listener : listeners) {
      command.add("--listen=127.0.0.1:" + yaml.address(listener).getPort());
    }
    command.addAll(options);
    return GatewayProcess.launchBy(command, folder, yaml.text());
  }

  private static RawClient connect(GatewayYaml yaml, String listener) throws IOException {
    Await.until("the port is open", () -> !isRefused(yaml, listener));
    return RawClient.connect(yaml.address(listener)).timeout(Duration.ofSeconds(20));
  }

  private static boolean isRefused(GatewayYaml yaml, String listener) {
    try (var client = RawClient.connect(yaml.address(listener))) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void whoConnectsBeforeItIsStartedIsServed() throws Exception {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(200)))) {
      var yaml =
          new GatewayYaml(folder)
              .listener("http", "http", origin.address())
              .listener("raw", "tcp", origin.address());
      try (var gateway = activated(yaml, List.of(), "http", "raw");
          var http = connect(yaml, "http");
          var raw = connect(yaml, "raw")) {
        assertThat(http.send(REQUEST).readResponse().status()).isEqualTo(200);
        assertThat(raw.send(REQUEST).readResponse().status()).isEqualTo(200);
        gateway.started();
      }
    }
  }

  @Test
  void whileTheUpstreamIsDownConnectionsWait() throws Exception {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(200)))) {
      var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
      try (var gateway = activated(yaml, List.of(), "http")) {
        try (var first = connect(yaml, "http")) {
          assertThat(first.send(REQUEST).readResponse().status()).isEqualTo(200);
        }
        origin.stop();
        gateway.awaitLine("closed: its upstream does not answer");
        try (var waiting = connect(yaml, "http").send(REQUEST)) {
          origin.restart();
          assertThat(waiting.readResponse().status()).isEqualTo(200);
        }
      }
    }
  }

  @Test
  void aNamedSocketIsTheListenersOfThatName() throws Exception {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(200)))) {
      var yaml = new GatewayYaml(folder).listener("web", "http", origin.address());
      try (var gateway = activated(yaml, List.of("--fdname=web"), "web");
          var client = connect(yaml, "web")) {
        assertThat(client.send(REQUEST).readResponse().status()).isEqualTo(200);
        gateway.started();
      }
    }
  }

  @Test
  void aSocketOfAnotherPortIsNotTakenForTheListenerOfItsName() throws Exception {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(200)))) {
      var yaml =
          new GatewayYaml(folder)
              .listener("web", "http", origin.address())
              .listener("raw", "tcp", origin.address());
      try (var gateway = activated(yaml, List.of("--fdname=web"), "raw");
          var client = connect(yaml, "raw")) {
        client.send("x");
        Await.until("it has ended", () -> !gateway.isAlive());
        assertThat(gateway.exitCode()).isEqualTo(71);
        assertThat(gateway.output())
            .contains("socket 3 (web) listens on ")
            .contains("(expected: port " + yaml.address("web").getPort() + ", as listener web)");
      }
    }
  }
}
