package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.LongForm;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.RegistryTap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One process takes over from another, and nobody notices. */
@Timeout(600)
class HandOverIT {
  private static final int TIMES = LongForm.or(2, 20);

  /** Of an upload or a download, each time: more than http.least-body-rate asks for. */
  private static final String MORE = "6".repeat(32 * 1024);

  /** New TCP connections of the long form; a machine of two cores has no more to spare. */
  private static final Duration ARRIVALS = LongForm.or(Duration.ofMillis(10), Duration.ofMillis(1));

  @TempDir Path folder;

  private static String head(int length) {
    return "PUT /v2/x HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n"
        .formatted(GatewayYaml.NAME, length);
  }

  private static Origin origin() {
    return Origin.start(
        Behaviours.http(request ->
            request.head().field("Upgrade").isPresent()
                ? Answer.tunnel("websocket", Behaviours.echoBytes())
                : Answer.of(request.body().length() == 0 ? 200 : 201)));
  }

  /** Answers whatever it is asked with {@link #MORE} for each permit, {@link #TIMES} in all. */
  private static Origin downloads(Semaphore permits) {
    return Origin.start((in, out, socket) -> {
      if (in.read() < 0) {
        return; // a health check
      }
      out.write(
          "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
              .formatted(TIMES * MORE.length())
              .getBytes(StandardCharsets.ISO_8859_1));
      for (int i = 0; i < TIMES; i++) {
        permits.acquireUninterruptibly();
        out.write(MORE.getBytes(StandardCharsets.ISO_8859_1));
      }
    });
  }

  @Test
  void underLoadAgainAndAgainNothingIsLost() throws Exception {
    Path other = OtherBuild.in(folder);
    var permits = new Semaphore(0);
    try (var nats = NatsServer.start();
        var tap = RegistryTap.on(nats);
        var origin = origin();
        var slow = downloads(permits)) {
      var yaml =
          new GatewayYaml(folder)
              .node("address: 127.0.0.1, drain-delay: 1s, drain-timeout: 5m")
              .listener("http", "http", origin.address())
              .listener("https", "https", origin.address())
              .listener("raw", "tcp", origin.address())
              .listener("slow", "https", slow.address())
              .section(
                  """
                  registration:
                    servers: ["%s"]
                    interval: 1s
                    routes: [{ listener: https }]
                  """
                      .formatted(nats.uri()));
      Deque<GatewayProcess> running = new ArrayDeque<>();
      running.add(GatewayProcess.launch(folder, yaml.text()).started());
      try (var load =
              new SteadyLoad()
                  .keepingAlive(yaml.address("http"), null)
                  .keepingAlive(yaml.address("https"), yaml.tls())
                  .connecting(yaml.address("http"), null)
                  .connecting(yaml.address("https"), yaml.tls())
                  .arriving(ARRIVALS, yaml.address("raw"), null);
          var download = RawClient.connect(yaml.address("slow"), yaml.tls());
          var upload = RawClient.connect(yaml.address("https"), yaml.tls());
          var socket = RawClient.connect(yaml.address("http"));
          var raw = RawClient.connect(yaml.address("raw"))) {
        download.send("GET /big HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n");
        assertThat(download.readHead().startLine()).contains(" 200 ");
        upload.send(head(TIMES * MORE.length() + 5) + "12345");
        socket.send(
            "GET /ws HTTP/1.1\r\nHost: %s\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
                .formatted(GatewayYaml.NAME));
        assertThat(socket.readHead().startLine()).contains(" 101 ");
        raw.send(head(TIMES * MORE.length() + 5) + "12345");
        tap.await("registered", said -> said.registers() && said.names(GatewayYaml.NAME));
        tap.forget();
        for (int i = 0; i < TIMES; i++) {
          running.addLast(
              i % 2 == 0
                  ? GatewayProcess.launchBuild(other, folder, yaml.text(), "--take-over").started()
                  : takeOver(yaml));
          load.awaitMore(500);
          upload.send(MORE);
          raw.send(MORE);
          permits.release();
          assertThat(download.read(MORE.length())).isEqualTo(MORE);
          assertThat(socket.send("still here").read(10)).isEqualTo("still here");
        }

        assertThat(load.failures()).isEmpty();
        assertThat(tap.said().stream().filter(said -> !said.registers()).count())
            .as("withdrawn")
            .isZero();
        assertThat(tap.said().stream().map(said -> said.json().get("private_instance_id")))
            .as("one endpoint")
            .hasSizeGreaterThan(TIMES)
            .containsOnly(tap.said().getFirst().json().get("private_instance_id"));
        assertThat(upload.readResponse().status()).isEqualTo(201);
        assertThat(raw.readResponse().status()).isEqualTo(201);
      }
      var last = running.removeLast();
      for (GatewayProcess former : running) {
        assertThat(former.exitCode()).as(former.output()).isZero();
      }
      assertThat(
              running.stream()
                  .filter(each -> each.output().contains("version=\"" + OtherBuild.VERSION + "\"")))
          .as("of the other build")
          .hasSize(TIMES / 2);
      assertThat(last.isAlive()).isTrue();
      last.terminate();
      assertThat(last.exitCode()).as(last.output()).isZero();
    }
  }

  private GatewayProcess takeOver(GatewayYaml yaml) {
    return GatewayProcess.launchWith(folder, yaml.text(), "--take-over").started();
  }

  @Test
  void withoutAnotherProcessItIsAStart() throws Exception {
    try (var origin = origin()) {
      var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
      try (var gateway = takeOver(yaml);
          var client = RawClient.connect(yaml.address("http")).timeout(Duration.ofSeconds(20))) {
        assertThat(client.send(head(10) + "1234567890").readResponse().status()).isEqualTo(201);
        gateway.terminate();
        assertThat(gateway.exitCode()).isZero();
      }
    }
  }

  @Test
  void oneThatCannotServeChangesNothing() throws Exception {
    try (var origin = origin();
        var dead = origin()) {
      dead.stop();
      var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
      String worse =
          yaml.text().replace(":" + origin.address().getPort() + "\"", ":" + dead.port() + "\"");
      try (var gateway = GatewayProcess.launch(folder, yaml.text()).started();
          var load = new SteadyLoad().connecting(yaml.address("http"), null)) {
        var bad = GatewayProcess.launchWith(folder, worse, "--take-over");
        assertThat(bad.exitCode()).as(bad.output()).isEqualTo(71);
        assertThat(bad.output()).contains("no upstream of these listeners answers");
        Await.until("said", () -> gateway.output().contains("not handed over"));
        load.awaitMore(100);
        assertThat(load.failures()).isEmpty();
        assertThat(gateway.isAlive()).isTrue();

        try (var next = takeOver(yaml)) {
          assertThat(gateway.exitCode()).as(gateway.output()).isZero();
          load.awaitMore(100);
          assertThat(load.failures()).isEmpty();
        }
      }
    }
  }
}
