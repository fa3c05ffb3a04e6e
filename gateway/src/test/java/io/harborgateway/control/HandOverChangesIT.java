package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.handover.Handed;
import io.harborgateway.handover.Link;
import io.harborgateway.handover.Offer;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.RegistryTap;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process takes over with another configuration, or from one in trouble. */
@Timeout(120)
class HandOverChangesIT {
  private static final String SECOND = "1f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final NatsServer nats = NatsServer.start();
  private final Origin origin =
      Origin.start(Behaviours.http(request -> Answer.of(request.body().length() == 0 ? 200 : 201)));
  private final List<GatewayProcess> processes = new ArrayList<>();

  @AfterEach
  void closes() {
    processes.forEach(GatewayProcess::close);
    origin.close();
    nats.close();
  }

  private GatewayProcess launch(String yaml, String... more) {
    var process = GatewayProcess.launchWith(folder, yaml, more);
    processes.add(process);
    return process;
  }

  private String registration(String listener) {
    return """
    registration:
      servers: ["%s"]
      interval: 1s
      routes: [{ listener: %s }]
    """
        .formatted(nats.uri(), listener);
  }

  /** The start of a process on a busy machine comes before it. */
  private static void await(RegistryTap tap, String what, Predicate<RegistryTap.Said> wanted) {
    Await.until(what, Duration.ofSeconds(40), () -> tap.said().stream().anyMatch(wanted));
  }

  private static int status(GatewayYaml yaml, String listener, String host) throws IOException {
    try (var client = RawClient.connect(yaml.address(listener)).timeout(LIMIT)) {
      return client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").readResponse().status();
    }
  }

  @Test
  void anInstanceThatTheNextDoesNotHaveIsServedUntilRoutersKnow() throws Exception {
    String name = SECOND + ".registry.test";
    var yaml =
        new GatewayYaml(folder)
            .node("address: 127.0.0.1, drain-delay: 3s")
            .listener("http", "http", origin.address())
            .section(registration("http"));
    String without = yaml.text();
    String with = yaml.instance(SECOND).text();
    try (var tap = RegistryTap.on(nats)) {
      launch(with).started();
      tap.await("registered", said -> said.registers() && said.names(name));
      tap.forget();
      var next = launch(without, "--take-over");
      await(tap, "withdrawn", said -> !said.registers() && said.names(name));
      long withdrawn = System.nanoTime();
      while (System.nanoTime() - withdrawn < Duration.ofMillis(2500).toNanos()) {
        assertThat(status(yaml, "http", name)).isEqualTo(200);
      }
      next.started();
      assertThat(processes.getFirst().exitCode()).isZero();
      assertThat(status(yaml, "http", name)).isEqualTo(404);
      assertThat(status(yaml, "http", GatewayYaml.NAME)).isEqualTo(200);
      assertThat(tap.said())
          .as("of the other instance")
          .filteredOn(said -> said.names(GatewayYaml.NAME))
          .allMatch(RegistryTap.Said::registers);
    }
  }

  @Test
  void aNextThatIsToldToEndFinishesWhatItHasAccepted() throws Exception {
    var yaml =
        new GatewayYaml(folder)
            .node("address: 127.0.0.1, drain-delay: 3s, drain-timeout: 20s")
            .listener("http", "http", origin.address())
            .section(registration("http"));
    int moved = FreePorts.loopback(1).getFirst();
    String other =
        yaml.text()
            .replace("port: " + yaml.address("http").getPort() + "\n", "port: " + moved + "\n");
    try (var tap = RegistryTap.on(nats)) {
      var first = launch(yaml.text()).started();
      tap.await("registered", said -> said.registers() && said.names(GatewayYaml.NAME));
      String at = GatewayYaml.NAME + " 127.0.0.1:";
      var next = launch(other, "--take-over");
      await(tap, "moved", said -> said.registers() && said.endpoints().contains(at + moved));
      assertThat(status(yaml, "http", GatewayYaml.NAME)).as("until routers know").isEqualTo(200);
      var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), moved);
      try (var client = RawClient.connect(address).timeout(LIMIT)) {
        client.send(
            "PUT / HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\nContent-Length: 10\r\n\r\n12345");
        next.terminate();
        first.awaitLine("not handed over");
        tap.forget();
        tap.await(
            "announced again",
            said ->
                said.registers() && said.endpoints().contains(at + yaml.address("http").getPort()));
        assertThat(client.send("67890").readResponse().status()).isEqualTo(201);
      }
      assertThat(next.exitCode()).isEqualTo(71);
      assertThat(first.isAlive()).isTrue();
      assertThat(status(yaml, "http", GatewayYaml.NAME)).isEqualTo(200);
    }
  }

  @Test
  void routesStayThoughNoHandshakeHasProvenTheirCertificatesHere() throws Exception {
    int count = 400;
    List<String> guids =
        IntStream.range(0, count).mapToObj(i -> new UUID(0x4000L, i).toString()).toList();
    var issued =
        TestCertificates.in(Files.createDirectory(folder.resolve("ca")))
            .issue(guids.stream().map(guid -> guid + ".a.test").toArray(String[]::new));
    Path certificates = Files.createDirectory(folder.resolve("issued"));
    for (String guid : guids) {
      Files.createLink(certificates.resolve(guid + ".crt"), issued.certificate());
      Files.createLink(certificates.resolve(guid + ".key"), issued.key());
    }
    Files.writeString(folder.resolve("instances.txt"), String.join("\n", guids) + "\n");
    var yaml =
        new GatewayYaml(folder)
            .node("address: 127.0.0.1")
            .listener("https", "https", origin.address())
            .section("catalogue: {file: instances.txt, domain: a.test, certificates: issued}")
            .section(registration("https"));
    try (var tap = RegistryTap.on(nats)) {
      launch(yaml.text()).started();
      Await.until("all registered", Duration.ofSeconds(60), () -> tap.known().size() == count + 1);
      tap.forget();
      launch(yaml.text(), "--take-over").started();
      assertThat(processes.getFirst().exitCode()).isZero();
      processes.getLast().awaitLine("certificates checked");
      assertThat(tap.said()).isNotEmpty().allMatch(RegistryTap.Said::registers);
    }
  }

  @Test
  void anInstanceThatOnlyTheFormerKnowsByItsLastGoodFileIsNotLost() throws Exception {
    Path files = Files.createDirectory(folder.resolve("instances"));
    var issued =
        TestCertificates.in(Files.createDirectory(folder.resolve("ca")))
            .issue(SECOND + ".registry.test");
    Path file =
        Files.writeString(
            files.resolve("second.yml"),
            "guid: %s\ndomain: registry.test\ncertificate: {chain: \"%s\", key: \"%s\"}\n"
                .formatted(SECOND, issued.certificate(), issued.key()));
    var yaml =
        new GatewayYaml(folder)
            .listener("http", "http", origin.address())
            .section("instances-directory: instances");
    var first = launch(yaml.text()).started();
    assertThat(status(yaml, "http", SECOND + ".registry.test")).isEqualTo(200);
    Files.writeString(file, "guid: [");
    first.awaitLine("second.yml");
    var next = launch(yaml.text(), "--take-over");
    assertThat(next.exitCode()).isEqualTo(71);
    assertThat(next.output()).contains(SECOND, "second.yml");
    assertThat(status(yaml, "http", SECOND + ".registry.test")).isEqualTo(200);
  }

  @Test
  void aListenerThatAcceptsWithoutItsUpstreamDoesSoAfterwards() throws Exception {
    try (var dead = Origin.start(Behaviours.silent())) {
      var yaml =
          new GatewayYaml(folder)
              .listener("http", "http", origin.address())
              .listener("https", "https", dead.address(), "", "")
              .whenDown("alert");
      var first = launch(yaml.text()).started();
      dead.stop();
      first.awaitLine("upstream down");
      launch(yaml.text(), "--take-over").started();
      assertThat(first.exitCode()).isZero();
      assertThat(status(yaml, "http", GatewayYaml.NAME)).isEqualTo(200);
      try (var client = RawClient.connect(yaml.address("https"))) {
        assertThat(client.localAddress()).isNotNull();
      }
    }
  }

  /** Plays the process that hands over, and ends after it has fallen silent. */
  private void former(Offer offer, String lastWord) throws IOException {
    try (Link link = offer.accept(LIMIT)) {
      link.line(LIMIT, "its id");
      link.send(
          Handed.line(
              new Handed(
                  Handed.FORM,
                  "0",
                  Long.MAX_VALUE,
                  UUID.randomUUID(),
                  List.of(),
                  null,
                  Set.of(),
                  true)),
          LIMIT);
      link.expect("sockets", LIMIT, "sockets");
      link.expect("ready", LIMIT, "ready");
      link.send("go", LIMIT);
      link.send("", LIMIT);
      if (!lastWord.isEmpty()) {
        link.send(lastWord, LIMIT);
      }
    }
  }

  @Test
  void ifTheFormerHasEndedTheNextServesAlone() throws Exception {
    var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
    try (var offer = Offer.in(folder)) {
      var next = launch(yaml.text(), "--take-over=" + offer.path());
      former(offer, "");
      next.started();
      next.awaitLine("the other process has ended");
      assertThat(status(yaml, "http", GatewayYaml.NAME)).isEqualTo(200);
    }
    try (var offer = Offer.in(folder)) {
      processes.getFirst().close();
      var next = launch(yaml.text(), "--take-over=" + offer.path());
      former(offer, "back");
      assertThat(next.exitCode()).isEqualTo(71);
      assertThat(next.output()).contains("goes on");
    }
  }

  @Test
  void aFormerThatIsToldToEndMeanwhileEndsWithItsRoutes() throws Exception {
    var yaml =
        new GatewayYaml(folder)
            .node("address: 127.0.0.1, drain-delay: 3s, drain-timeout: 20s")
            .listener("http", "http", origin.address())
            .section(registration("http"));
    String without = yaml.text();
    String name = SECOND + ".registry.test";
    String with = yaml.instance(SECOND).text();
    try (var tap = RegistryTap.on(nats)) {
      var first = launch(with).started();
      tap.await("registered", said -> said.registers() && said.names(name));
      tap.forget();
      var next = launch(without, "--take-over");
      await(tap, "in the midst of it", said -> !said.registers() && said.names(name));
      first.terminate();
      assertThat(next.exitCode()).isEqualTo(71);
      assertThat(first.exitCode()).as(first.output()).isZero();
      assertThat(tap.said().getLast().registers()).isFalse();
      assertThat(tap.said())
          .as("withdrawn")
          .anyMatch(said -> !said.registers() && said.names(GatewayYaml.NAME));
    }
  }

  private String admin(GatewayYaml yaml, String method, String path, boolean isKept)
      throws IOException {
    var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), yaml.adminPort());
    try (var client = RawClient.connect(address).timeout(LIMIT)) {
      client.send(
          "%s %s HTTP/1.1\r\nHost: localhost\r\nX-Harbor-Gateway: test\r\nContent-Length: 0\r\n\r\n"
              .formatted(method, path));
      String answer = client.readResponse().body().text();
      if (isKept) {
        launch(yaml.text(), "--take-over").started();
        client.expectClosed();
      }
      return answer;
    }
  }

  @Test
  void aConnectionToTheAdminEndpointEndsWithIt() throws Exception {
    var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
    launch(yaml.text()).started();
    assertThat(admin(yaml, "GET", "/readyz", true)).contains("\"ready\" : true");
    assertThat(processes.getFirst().exitCode()).isZero();
    assertThat(admin(yaml, "GET", "/readyz", false)).contains("\"ready\" : true");
  }

  @Test
  void whatHasChangedMeanwhileIsNotUndone() throws Exception {
    var late = new AtomicBoolean();
    try (var slow =
        Origin.start(
            Behaviours.http(request -> {
              if (late.get()) {
                LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
              }
              return Answer.of(200);
            }))) {
      var yaml =
          new GatewayYaml(folder)
              .node("drain-delay: 0s, drain-timeout: 10s")
              .listener("http", "http", origin.address())
              .listener("late", "http", slow.address(), "health: {path: /}", "");
      var first = launch(yaml.text()).started();
      late.set(true);
      var next = launch(yaml.text(), "--take-over");
      first.awaitLine("takes over");
      assertThat(admin(yaml, "POST", "/drain", false)).contains("phase");
      assertThat(next.exitCode()).isEqualTo(71);
      assertThat(first.output()).contains("not handed over");
      assertThat(admin(yaml, "POST", "/undrain", false)).contains("SERVING");
      Await.until("serves", () -> status(yaml, "http", GatewayYaml.NAME) == 200);
    }
  }

  @Test
  void theNextEndsAfterTheFormerWhoseUnitItIs() throws Exception {
    var yaml =
        new GatewayYaml(folder)
            .node("drain-delay: 0s, drain-timeout: 30s")
            .listener("http", "http", origin.address());
    var first = launch(yaml.text()).started();
    try (var client = RawClient.connect(yaml.address("http")).timeout(LIMIT)) {
      client.send(
          "PUT / HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\nContent-Length: 10\r\n\r\n12345");
      var next = launch(yaml.text(), "--take-over").started();
      next.terminate();
      next.awaitLine("waits for process " + first.pid());
      assertThat(client.send("67890").readResponse().status()).isEqualTo(201);
      client.close();
      assertThat(first.exitCode()).isZero();
      assertThat(next.exitCode()).isZero();
    }
  }
}
