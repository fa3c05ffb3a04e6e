package io.harborgateway.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.control.AdminClient;
import io.harborgateway.control.GatewayProcess;
import io.harborgateway.control.GatewayYaml;
import io.harborgateway.control.TestGateway;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logs whose readers and files misbehave, and the signals of those who rotate them. */
@Timeout(120)
class LogsIT {
  private static final Duration SOON = Duration.ofSeconds(40);

  @TempDir private Path folder;
  private final Origin origin =
      Origin.start(Behaviours.http(request -> Answer.of(200).text("hello")));

  @AfterEach
  void close() {
    origin.close();
  }

  private GatewayYaml yaml(String logging) {
    return new GatewayYaml(folder)
        .listener("http", "http", origin.address(), "health: {interval: 100ms, rise: 1}", "")
        .section("http: {trusted-proxies: [127.0.0.1/32]}")
        .section("logging: {" + logging + "}");
  }

  private static void request(GatewayYaml yaml, int times) throws IOException {
    try (var client = RawClient.connect(yaml.address("http")).timeout(SOON)) {
      for (int i = 0; i < times; i++) {
        client.send("GET /v2/ HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n");
        assertThat(client.readResponse().status()).isEqualTo(200);
      }
    }
  }

  /** A pipe takes 64 KiB; then whoever writes to it waits for its reader. */
  @Test
  void nothingWaitsForAReaderOfTheOutputThatIsStuck() throws Exception {
    GatewayYaml yaml = yaml("access-log: {queue-size: 16}");
    Process process = GatewayProcess.builder(folder, yaml.text(), "").start();
    try (var admin = new AdminClient(yaml)) {
      Await.until("it is bound", SOON, () -> isBound(admin));
      request(yaml, 600);
      assertThat(metric(admin, "access_log_dropped")).isGreaterThan(100);

      origin.stop();
      Await.until("the control thread closes the port", SOON, () -> !isBound(admin));
      origin.restart();
      Await.until("the control thread opens the port", SOON, () -> isBound(admin));
      request(yaml, 1);
      assertThat(metric(admin, "log_dropped")).isZero();

      process.destroy();
      assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).as("SIGTERM").isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * A thread dump is printed while all threads are stopped, a warning of a signal on the main
   * thread, without which the process does not end.
   */
  @Test
  void theJvmItselfWaitsForNoReaderOfTheOutput() throws Exception {
    GatewayYaml yaml = yaml("access-log: {queue-size: 16}");
    Process process = GatewayProcess.builderAsShipped(folder, yaml.text()).start();
    try (var admin = new AdminClient(yaml)) {
      Await.until("it is bound", SOON, () -> isBound(admin));
      request(yaml, 600);
      assertThat(metric(admin, "access_log_dropped")).isGreaterThan(100);

      for (String name : List.of("QUIT", "USR2", "QUIT", "USR2")) {
        kill(process.pid(), name);
        request(yaml, 1);
      }
      process.destroy();
      assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).as("SIGTERM").isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean isBound(AdminClient admin) {
    try {
      return admin.status().path("listeners").get(0).path("bound").booleanValue();
    } catch (UncheckedIOException e) {
      return false; // not there yet
    }
  }

  private static double metric(AdminClient admin, String name) {
    return admin
        .ask("GET", "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("harbor_gateway_" + name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void signalsReopenTheLogsOrAreIgnoredAndEndNothing() throws Exception {
    Path log = folder.resolve("access.log");
    GatewayYaml yaml = yaml("access-log: {file: access.log}");
    try (var gateway = GatewayProcess.launch(folder, yaml.text(), "trap '' INT;").started()) {
      gateway.awaitLine("SIGINT is ignored");
      request(yaml, 1);
      Await.until("a line", SOON, () -> Files.readString(log).contains("GET /v2/"));
      Path moved = Files.move(log, folder.resolve("access.log.1"));
      kill(gateway.pid(), "HUP");
      gateway.awaitLine("reload by SIGHUP: nothing has changed");
      Await.until("a new file", SOON, () -> Files.exists(log));
      request(yaml, 1);
      Await.until("a line", SOON, () -> Files.readString(log).contains("GET /v2/"));
      assertThat(Files.readAllLines(moved)).hasSize(1);

      for (String name : List.of("USR1", "ALRM", "VTALRM", "PROF", "PWR", "STKFLT", "XCPU")) {
        kill(gateway.pid(), name);
        gateway.awaitLine("SIG" + name + ": ignored");
      }
      kill(gateway.pid(), "USR2"); // the JVM's own
      kill(gateway.pid(), "INT");
      request(yaml, 1);
      gateway.terminate();
      assertThat(gateway.exitCode()).isZero();
    }
  }

  private static void kill(long pid, String name) throws Exception {
    Command.run(List.of("kill", "-" + name, Long.toString(pid))).succeeded();
  }

  @Test
  void aFileThatCantBeOpenedIsRefusedWithItsPlace() {
    String text = yaml("access-log: {file: none/access.log}").text();
    assertThatThrownBy(() -> TestGateway.start(folder, text).close())
        .hasMessageContaining("gateway.yml:")
        .hasMessageContaining("logging.access-log.file")
        .hasMessageContaining("in no folder that is there");
  }

  @Test
  void theClientIsTheOneThatATrustedProxyNames() throws Exception {
    GatewayYaml yaml = yaml("level: info");
    try (var gateway = TestGateway.start(folder, yaml.text());
        var client = RawClient.connect(yaml.address("http")).timeout(SOON)) {
      String head = "GET /v2/ HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n";
      client.send(head + "X-Forwarded-For: 198.51.100.1, 203.0.113.9, 127.0.0.1\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(200);
      client.send("GET / HTTP/1.1\r\nHost: nobody.test\r\nX-Forwarded-For: 203.0.113.10\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(404);
      client.send("GET / HTTP/1.1\r\nHost: a b\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(400);

      Await.until("three requests", () -> gateway.requests().size() == 3);
      assertThat(gateway.requests())
          .extracting(entry -> entry.client() + " by " + entry.peer())
          .containsExactly(
              "203.0.113.9 by 127.0.0.1", "203.0.113.10 by 127.0.0.1", "127.0.0.1 by 127.0.0.1");
    }
  }
}
