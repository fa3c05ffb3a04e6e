package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A start with an upstream that says nothing: the others do not wait for it, and neither does the
 * end.
 */
@Timeout(100)
class StartIT {
  /** The limit of a check that is never answered; nothing may wait for it. */
  private static final String PATIENT = "health: {kind: http, timeout: 30s}";

  /** Of a second what the mend is for; the rest is for a machine that is busy with other tests. */
  private static final Duration SOON = Duration.ofSeconds(3);

  /** An address by which the name of an upstream is written into the configuration. */
  private static final String PLACE = "127.0.0.77";

  private static final String REQUEST =
      "PUT /v2/x HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\nContent-Length: 1\r\n\r\nx";

  @TempDir Path folder;

  @Test
  void anUpstreamThatHangsKeepsNoOtherPortFromBeingBoundAndAnnounced() throws Exception {
    var answers = new CountDownLatch(1);
    try (var nats = NatsServer.start();
        var good = Origin.start(Behaviours.acceptUploads());
        var hung =
            Origin.start(
                Behaviours.http(request -> {
                  await(answers);
                  return Answer.of(200);
                }))) {
      var yaml =
          new GatewayYaml(folder)
              .node("drain-delay: 0s, address: 127.0.0.1")
              .listener("hung", "http", hung.address(), PATIENT, "")
              .listener("good", "http", good.address())
              .section(registration(nats.uri().toString(), "good"));
      try (var gateway = GatewayProcess.launch(folder, yaml.text());
          var admin = new AdminClient(yaml)) {
        gateway.awaitLine("gateway starting");
        Await.until("the good one is bound", SOON, () -> accepts(yaml, "good"));
        try (var client = connect(yaml, "good")) {
          assertThat(client.send(REQUEST).readResponse().status()).isEqualTo(201);
        }
        Await.until(
            "it is announced", SOON, () -> gateway.output().contains("event=\"route-announced\""));
        gateway.started();
        assertThat(gateway.output()).contains("gateway started ready=\"false\"");
        assertThat(accepts(yaml, "hung")).as("not proven").isFalse();
        assertThat(admin.status().path("ready").booleanValue()).isFalse();

        answers.countDown(); // the check that has hung till now succeeds
        Await.until("the other one follows", () -> accepts(yaml, "hung"));
        Await.until("ready", () -> admin.status().path("ready").booleanValue());
        gateway.terminate();
        assertThat(gateway.exitCode()).as(gateway.output()).isZero();
      }
    } finally {
      answers.countDown();
    }
  }

  @Test
  void aNameServerThatIsSilentKeepsNoOtherPortFromBeingBound() throws Exception {
    Path hosts = folder.resolve("hosts"); // who opens it for reading waits for a writer
    assertThat(new ProcessBuilder("mkfifo", hosts.toString()).start().waitFor()).isZero();
    try (var good = Origin.start(Behaviours.acceptUploads())) {
      var yaml =
          new GatewayYaml(folder)
              .listener("hung", "http", new InetSocketAddress(PLACE, 80), PATIENT, "")
              .listener("good", "http", good.address());
      String text = yaml.text().replace(PLACE, "silent.example.test");
      try (var gateway =
          GatewayProcess.launchAsShipped(folder, text, "-Djdk.net.hosts.file=" + hosts)) {
        gateway.awaitLine("gateway starting");
        Await.until("the good one is bound", Duration.ofMillis(1500), () -> accepts(yaml, "good"));
        Await.until("it is said why", () -> gateway.output().contains("silent.example.test: no"));
        assertEndsSoon(gateway);
      }
    }
  }

  @Test
  void sigtermEndsAStartWhoseUpstreamsHang() throws Exception {
    try (var hung = Origin.start(Behaviours.silent())) {
      var yaml =
          new GatewayYaml(folder)
              .node("drain-delay: 30s, address: 127.0.0.1")
              .listener("hung", "http", hung.address(), PATIENT, "")
              .section(registration("nats://127.0.0.1:1", "hung"));
      try (var gateway = GatewayProcess.launch(folder, yaml.text())) {
        gateway.awaitLine("gateway starting");
        Await.until("it is asked", () -> hung.connections() > 0);
        assertEndsSoon(gateway);
        assertThat(gateway.output()).doesNotContain("gateway started");
      }
    }
  }

  @Test
  void aPortInUseEndsTheStartWhoeverIsAsked() throws Exception {
    try (var hung = Origin.start(Behaviours.silent())) {
      var yaml = new GatewayYaml(folder).listener("hung", "http", hung.address(), PATIENT, "");
      try (var taken = new ServerSocket()) {
        taken.bind(yaml.address("hung"));
        try (var gateway = GatewayProcess.launch(folder, yaml.text())) {
          assertThat(gateway.exitCode()).isEqualTo(71);
          assertThat(gateway.output())
              .contains("listener hung: 127.0.0.1:" + taken.getLocalPort() + " can't be bound");
        }
      }
    }
  }

  private static void assertEndsSoon(GatewayProcess gateway) throws InterruptedException {
    gateway.terminate();
    Await.until("ended", SOON, () -> !gateway.isAlive());
    assertThat(gateway.exitCode()).as(gateway.output()).isZero();
    assertThat(gateway.output()).contains("gateway stopped");
  }

  private static String registration(String nats, String listener) {
    return """
    registration:
      servers: ["%s"]
      routes: [{listener: %s}]
    """
        .formatted(nats, listener);
  }

  private static boolean accepts(GatewayYaml yaml, String listener) throws IOException {
    try (var client = connect(yaml, listener)) {
      return client != null;
    } catch (ConnectException e) {
      return false;
    }
  }

  private static RawClient connect(GatewayYaml yaml, String listener) throws IOException {
    return RawClient.connect(yaml.address(listener)).timeout(Duration.ofSeconds(20));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
