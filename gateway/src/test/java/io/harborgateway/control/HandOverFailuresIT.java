package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.handover.Handed;
import io.harborgateway.handover.Link;
import io.harborgateway.handover.Offer;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RegistryTap;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A process that fails to take over, at each step: the other one goes on as if nothing had been.
 */
@Timeout(200)
class HandOverFailuresIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final NatsServer nats = NatsServer.start();
  private final Origin origin =
      Origin.start(Behaviours.http(request -> Answer.of(request.body().length() == 0 ? 200 : 201)));
  private GatewayYaml yaml;
  private GatewayProcess gateway;
  private SteadyLoad load;
  private RegistryTap tap;

  @BeforeEach
  void starts() throws Exception {
    yaml =
        new GatewayYaml(folder)
            .node("address: 127.0.0.1")
            .listener("http", "http", origin.address())
            .listener("https", "https", origin.address())
            .section(
                """
                registration:
                  servers: ["%s"]
                  interval: 1s
                  routes: [{ listener: https }]
                """
                    .formatted(nats.uri()));
    tap = RegistryTap.on(nats);
    Path program = folder.resolve("program");
    gateway =
        GatewayProcess.launch(
                folder,
                yaml.text(),
                "java=$1; shift; set -- $java -Dharbor-gateway.program=" + program + " \"$@\";")
            .started();
    tap.await("registered", said -> said.registers() && said.names(GatewayYaml.NAME));
    tap.forget();
    load =
        new SteadyLoad()
            .keepingAlive(yaml.address("https"), yaml.tls())
            .connecting(yaml.address("http"), null)
            .connecting(yaml.address("https"), yaml.tls());
  }

  @AfterEach
  void closes() throws Exception {
    load.close();
    gateway.close();
    tap.close();
    origin.close();
    nats.close();
  }

  private JsonNode post(String path, int status) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + yaml.adminPort() + path))
              .header("X-Harbor-Gateway", "test")
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      var response = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
      return status == 409
          ? JsonNodeFactory.instance.nullNode()
          : new JsonMapper().readTree(response.body());
    }
  }

  /** It serves, on both ports and the admin's, and routers hear of it, and of nothing else. */
  private void assertThatItGoesOn() throws Exception {
    tap.forget();
    tap.await("registered", said -> said.registers() && said.names(GatewayYaml.NAME));
    load.awaitMore(300);
    assertThat(load.failures()).isEmpty();
    assertThat(tap.said()).allMatch(RegistryTap.Said::registers);
    assertThat(gateway.isAlive()).isTrue();
    String ready = "http://127.0.0.1:" + yaml.adminPort() + "/readyz";
    assertThat(Command.run(List.of("curl", "-sf", ready)).stdout()).contains("\"ready\" : true");
  }

  /** Plays the process that takes over, up to a step; holds its sockets until it is closed. */
  private final class Next implements AutoCloseable {
    private final List<FileDescriptor> sockets = new ArrayList<>();
    private final Link link;

    Next(String last) throws Exception {
      link = Offer.connect(Path.of(post("/hand-over", 200).path("socket").asString()));
      if (last.equals("connected")) {
        return;
      }
      link.send("4711", LIMIT);
      Handed handed = Handed.read(link.line(LIMIT, "what is handed"), Handed.class);
      link.send("sockets", LIMIT);
      for (Handed.HandedSocket ignored : handed.sockets()) {
        sockets.add(new FileDescriptor(link.descriptor(LIMIT)));
      }
      if (last.equals("sockets")) {
        return;
      }
      link.send("ready", LIMIT);
      link.expect("go", LIMIT, "go");
      assertThat(link.line(LIMIT, "the routes")).contains(GatewayYaml.NAME);
      link.expect("", LIMIT, "the end of the routes");
      if (last.equals("go")) {
        return;
      }
      link.send("serving", LIMIT);
      link.expect("released", LIMIT, "released");
    }

    @Override
    public void close() throws IOException {
      link.close();
      for (FileDescriptor socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void oneThatDiesAtAnyStepTakesNothingWithIt() throws Exception {
    long failed = 0;
    for (String last : List.of("connected", "sockets", "go", "released")) {
      load.awaitMore(100);
      try (var next = new Next(last)) {
        assertThat(next.sockets.isEmpty()).isEqualTo(last.equals("connected"));
      }
      long now = ++failed;
      Await.until("given up", () -> gateway.count("not handed over") == now);
      assertThatItGoesOn();
    }
  }

  @Test
  void oneThatHangsAfterTakingOverIsWaitedForNoLongerThanThreeSeconds() throws Exception {
    load.awaitMore(100);
    try (var next = new Next("released")) {
      gateway.awaitLine("not handed over");
      assertThat(next.sockets).isNotEmpty();
      assertThatItGoesOn(); // while that one still has the sockets
    }
  }

  private void theAdminPortOfTheNextIsTaken() throws Exception {
    Path config = folder.resolve("process.yml");
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String other = "port: " + taken.getLocalPort();
      Files.writeString(config, yaml.text().replace("port: " + yaml.adminPort(), other));
      JsonNode refused = post("/upgrade", 422);
      assertThat(refused.path("problems").toString())
          .contains("admin: ", String.valueOf(taken.getLocalPort()));
    } finally {
      Files.writeString(config, yaml.text());
    }
    assertThatItGoesOn();
    tap.forget();
  }

  private void program(String text) throws IOException {
    Path program = Files.writeString(folder.resolve("program"), "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void anUpgradeToAProgramThatDoesNotStartSaysWhyAndTheNextReplacesTheProcess() throws Exception {
    try (var next = new Next("connected")) {
      assertThat(next.sockets).isEmpty();
      post("/upgrade", 409); // one at a time
    }
    Await.until("given up", () -> gateway.count("not handed over") == 1);
    program("echo 'bad.yml:1:1: a problem' >&2; exit 64");
    JsonNode refused = post("/upgrade", 422);
    assertThat(refused.path("upgraded").asBoolean()).isFalse();
    assertThat(refused.path("problems").toString()).contains("bad.yml:1:1: a problem");
    assertThatItGoesOn();
    tap.forget();

    List<String> command = GatewayProcess.builder(folder, yaml.text(), "").command();
    List<String> java = command.subList(6, command.lastIndexOf("run"));
    program("exec " + String.join(" ", java) + " \"$@\"");
    theAdminPortOfTheNextIsTaken();
    JsonNode answer = post("/upgrade", 200);
    assertThat(answer.path("upgraded").asBoolean()).isTrue();
    long pid = answer.path("pid").asLong();
    try {
      load.awaitMore(300);
      assertThat(load.failures()).isEmpty();
      assertThat(tap.said()).allMatch(RegistryTap.Said::registers);
      load.close(); // its connections are those of the first process
      assertThat(gateway.exitCode()).as(gateway.output()).isZero();
      String ready = "http://127.0.0.1:" + yaml.adminPort() + "/readyz";
      assertThat(Command.run(List.of("curl", "-sf", ready)).stdout()).contains("\"ready\" : true");
    } finally {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
