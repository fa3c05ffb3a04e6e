package io.harborgateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.control.GatewayYaml;
import io.harborgateway.control.TestGateway;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Gorouter;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code wait}, as a BOSH post-start script has it: with real NATS, and a router on it. */
@Timeout(60)
class WaitCommandIT {
  /** What a command has done. */
  private record Outcome(int exitCode, String err) {}

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.http(request -> Answer.of(200)));
  private final NatsServer nats = NatsServer.stopped();

  @AfterEach
  void close() {
    origin.close();
    nats.close();
  }

  private GatewayYaml yaml() {
    return new GatewayYaml(folder)
        .node("event-loops: 1, address: 127.0.0.1, drain-delay: 0s")
        .listener("http", "http", origin.address(), "health: {interval: 100ms, rise: 1}", "");
  }

  private String announcedYaml() {
    return yaml()
        .section(
            "registration: {servers: [\"%s\"], routes: [{listener: http}]}".formatted(nats.uri()))
        .text();
  }

  private Outcome waiting(String... options) {
    var err = new StringWriter();
    String[] arguments = new String[3 + options.length];
    arguments[0] = "wait";
    arguments[1] = "--config";
    arguments[2] = folder.resolve("gateway.yml").toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    int exitCode = Main.commandLine().setErr(new PrintWriter(err, true)).execute(arguments);
    return new Outcome(exitCode, err.toString());
  }

  @Test
  void whatIsMissingForTheRoutersIsSaidUntilNothingIs() {
    origin.stop();
    try (var gateway = TestGateway.start(folder, announcedYaml())) {
      assertThat(gateway.requests()).isEmpty();
      Outcome nothing = waiting("--announced", "--timeout", "300ms");
      assertThat(nothing.exitCode()).isEqualTo(69);
      assertThat(nothing.err())
          .startsWith("after 300ms still missing:\n")
          .contains("\nNATS: not connected")
          .contains("\nroute http/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0: HELD: ")
          .contains("connection refused");

      origin.restart();
      nats.restart();
      var unheard =
          new Outcome(69, "after 0s still missing:\nrouters: none has answered router.greet\n");
      Await.until(
          "nobody would send it a request",
          Duration.ofSeconds(30),
          () -> waiting("--announced", "--timeout", "0s").equals(unheard));
      assertThat(waiting("--ready")).isEqualTo(new Outcome(0, ""));

      var command =
          CompletableFuture.supplyAsync(
              () -> waiting("--announced", "--ready", "--timeout", "20s"));
      try (var router =
          Gorouter.start(
              nats,
              () -> {
                throw new AssertionError("no request is sent");
              })) {
        assertThat(command.get(20, TimeUnit.SECONDS)).isEqualTo(new Outcome(0, ""));
        Await.until("the router has it, too", () -> !router.messages().isEmpty());
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void whatIsNotReadyIsNamedWithItsReason() {
    origin.stop();
    try (var gateway = TestGateway.start(folder, yaml().text())) {
      assertThat(gateway.requests()).isEmpty();
      Outcome down = waiting("--ready", "--timeout", "100ms");
      assertThat(down.exitCode()).isEqualTo(69);
      assertThat(down.err())
          .contains("\nlistener http: ")
          .contains("\nupstream http 127.0.0.1:" + origin.port() + ": connection refused");

      Outcome never = waiting("--announced");
      assertThat(never.exitCode()).as("no time would help").isEqualTo(64);
      assertThat(never.err()).contains("registration: not configured");
    }
  }

  @Test
  void aGatewayThatIsNotUpYetIsWaitedFor() throws Exception {
    String yaml = yaml().text();
    Files.writeString(folder.resolve("gateway.yml"), yaml);
    Outcome nobody = waiting("--ready", "--timeout", "300ms");
    assertThat(nobody.exitCode()).isEqualTo(71);
    assertThat(nobody.err()).contains("no answer from the gateway: ");

    var command = CompletableFuture.supplyAsync(() -> waiting("--ready"));
    try (var gateway = TestGateway.start(folder, yaml)) {
      assertThat(gateway.requests()).isEmpty();
      assertThat(command.get(20, TimeUnit.SECONDS)).isEqualTo(new Outcome(0, ""));
    }
  }

  @Test
  void whatIsWaitedForAndHowLongMustBeSaidRightly() throws Exception {
    Files.writeString(folder.resolve("gateway.yml"), yaml().text());
    assertThat(waiting().exitCode()).isEqualTo(64);
    Outcome time = waiting("--ready", "--timeout", "soon");
    assertThat(time.exitCode()).isEqualTo(64);
    assertThat(time.err())
        .contains("\"soon\" (expected: a duration, such as 500ms, 20s, 2m or 1h)");
  }
}
