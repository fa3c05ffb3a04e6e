package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.cli.Main;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process from its start to its exit code. */
@Timeout(100)
class LifecycleIT {
  @TempDir Path folder;

  private static final String HEAD =
      "PUT /v2/x HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\nContent-Length: 10\r\n\r\n";

  private static RawClient connect(GatewayYaml yaml) throws IOException {
    return RawClient.connect(yaml.address("http")).timeout(Duration.ofSeconds(20));
  }

  @Test
  void onSigtermWhatIsInFlightIsFinishedAndNothingElseIsTaken() throws Exception {
    try (var origin = Origin.start(Behaviours.acceptUploads())) {
      var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
      try (var gateway = GatewayProcess.launch(folder, yaml.text()).started();
          var idle = connect(yaml);
          var client = connect(yaml)) {
        idle.send(HEAD + "1234567890");
        assertThat(idle.readResponse().status()).isEqualTo(201);
        client.send(HEAD + "12345");
        Await.until("the upload is upstream", () -> origin.connections() > 1);

        gateway.terminate();
        Await.until("new connections are refused", () -> isRefused(yaml));
        idle.expectEnd();
        assertThat(gateway.isAlive()).isTrue();

        client.send("67890");
        var response = client.readResponse();
        assertThat(response.status()).isEqualTo(201);
        assertThat(response.head().field("X-Received-Bytes")).contains("10");
        client.expectEnd();
        assertThat(gateway.exitCode()).as(gateway.output()).isZero();
      }
    }
  }

  @Test
  void aSecondSignalEndsItNow() throws Exception {
    try (var origin = Origin.start(Behaviours.acceptUploads())) {
      var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
      try (var gateway = GatewayProcess.launch(folder, yaml.text()).started();
          var client = connect(yaml)) {
        client.send(HEAD + "12345");
        Await.until("the upload is upstream", () -> origin.connections() > 1);
        gateway.terminate();
        Await.until("new connections are refused", () -> isRefused(yaml));
        assertThat(gateway.isAlive()).isTrue();

        gateway.terminate();
        assertThat(gateway.exitCode()).isEqualTo(128 + 15);
        assertThat(gateway.output()).contains("SIGTERM again: ending now");
      }
    }
  }

  @Test
  void drainTakesItOutOfServiceAndBackWithoutEndingIt() throws Exception {
    try (var origin = Origin.start(Behaviours.acceptUploads())) {
      var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
      try (var gateway = GatewayProcess.launch(folder, yaml.text()).started();
          var client = connect(yaml)) {
        client.send(HEAD + "12345");
        Await.until("the upload is upstream", () -> origin.connections() > 1);

        assertThat(drain()).isZero();
        Await.until("new connections are refused", () -> isRefused(yaml));
        client.send("67890");
        assertThat(client.readResponse().status()).isEqualTo(201);
        assertThat(drain("--wait")).isZero();
        assertThat(gateway.output()).contains("nothing is in flight any more");
        assertThat(gateway.isAlive()).isTrue();

        assertThat(drain("--undo")).isZero();
        try (var next = connect(yaml)) {
          assertThat(next.send(HEAD + "1234567890").readResponse().status()).isEqualTo(201);
        }
        gateway.terminate();
        assertThat(gateway.exitCode()).as(gateway.output()).isZero();
        assertThat(drain()).as("there is no gateway any more").isEqualTo(71);
      }
    }
  }

  private int drain(String... options) {
    String[] command = {"drain", "--config", folder.resolve("process.yml").toString()};
    String[] all =
        Stream.concat(Arrays.stream(command), Arrays.stream(options)).toArray(String[]::new);
    return Main.commandLine().execute(all);
  }

  private static boolean isRefused(GatewayYaml yaml) throws IOException {
    try (var client = RawClient.connect(yaml.address("http"))) {
      assertThat(client).isNotNull();
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  @Test
  void nothingIsBoundUntilTheUpstreamAnswers() throws IOException {
    try (var origin = Origin.start(Behaviours.acceptUploads())) {
      origin.stop();
      var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
      try (var gateway = GatewayProcess.launch(folder, yaml.text()).started()) {
        assertThatThrownBy(() -> connect(yaml).close()).isInstanceOf(ConnectException.class);
        origin.restart();
        Await.until("the listener is bound", () -> !isRefused(yaml));
        try (var client = connect(yaml)) {
          assertThat(client.send(HEAD + "1234567890").readResponse().status()).isEqualTo(201);
        }
        assertThat(gateway.isAlive()).isTrue();
      }
    }
  }

  @Test
  void aPortInUseIsSaidAndEndsTheStart() throws Exception {
    try (var origin = Origin.start(Behaviours.acceptUploads())) {
      var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
      try (var taken = new ServerSocket()) {
        taken.bind(yaml.address("http"));
        try (var gateway = GatewayProcess.launch(folder, yaml.text())) {
          assertThat(gateway.exitCode()).isEqualTo(71);
          assertThat(gateway.output())
              .contains("listener http: 127.0.0.1:" + taken.getLocalPort() + " can't be bound");
        }
      }
    }
  }

  @Test
  void aBrokenConfigurationIsReportedLineByLine() throws Exception {
    try (var origin = Origin.start(Behaviours.silent())) {
      var yaml =
          new GatewayYaml(folder)
              .listener("http", "http", origin.address())
              .section("limitz: {}\nlimits: {max-connections: none}");
      try (var gateway = GatewayProcess.launch(folder, yaml.text())) {
        assertThat(gateway.exitCode()).isEqualTo(64);
        assertThat(gateway.output())
            .containsPattern("process\\.yml:\\d+:\\d+: .*limitz")
            .containsPattern("process\\.yml:\\d+:\\d+: limits\\.max-connections: ");
      }
    }
  }
}
