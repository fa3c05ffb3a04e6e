package io.harborgateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.PeerBinary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code demo} as a process of its own, with real sockets, NATS and signals. */
@Timeout(120)
class DemoCommandIT {
  private static final Duration AT_MOST = Duration.ofSeconds(90);

  /** The temporary folder of the process. */
  @TempDir Path temporary;

  @BeforeAll
  static void needsNats() {
    PeerBinary.require("nats-server", "nats-server");
  }

  private List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "demo"));
    command.addAll(List.of(arguments));
    return command;
  }

  /** SIGINT may be ignored here, as in a background job of a shell; a JVM keeps to that. */
  private static List<String> interruptible(List<String> command) {
    List<String> all = new ArrayList<>(List.of("env", "--default-signal=INT"));
    all.addAll(command);
    return all;
  }

  private Command.Result run(String... arguments) {
    return Command.run(command(arguments), new byte[0], AT_MOST);
  }

  private void assertNothingIsLeft() throws IOException {
    try (var files = Files.list(temporary)) {
      assertThat(files).as("files left behind").isEmpty();
    }
  }

  @Test
  void checksEverythingAndLeavesNothing() throws IOException {
    // More than its heap, up and down.
    var result = run("--check", "--blob-size", "65MiB");
    assertThat(result.exitCode()).as("%s", result).isZero();
    assertThat(rows(result))
        .hasSize(12)
        .allSatisfy(row -> assertThat(row).endsWith("ok"))
        .extracting(row -> row.split(" {2,}", -1)[0])
        .containsExactly(
            "https, base name",
            "https, name harbor",
            "https, name images",
            "https, catalogue",
            "https, unknown host",
            "https, notary port",
            "http, redirect",
            "tcp, TLS passed through",
            "blob of 65MiB, up",
            "blob of 65MiB, down",
            "memory meanwhile",
            "NATS, router.register");
    assertThat(result.stdout()).contains("{\"uris\":[\"").endsWith("12 of 12 hold\n");
    assertNothingIsLeft();
  }

  @Test
  void failsWithoutNatsAndSaysWhatToInstall() throws IOException {
    var result = run("--check", "--blob-size", "1MiB", "--nats-server", "/none/such");
    assertThat(result.exitCode()).as("%s", result).isEqualTo(ExitCode.FAILED);
    assertThat(rows(result)).filteredOn(row -> row.endsWith("ok")).hasSize(11);
    assertThat(rows(result))
        .filteredOn(row -> row.endsWith("FAILED"))
        .singleElement()
        .asString()
        .startsWith("NATS, router.register")
        .contains("apt-get install nats-server");
    assertThat(result.stdout()).endsWith("11 of 12 hold\n");
    assertNothingIsLeft();
  }

  @Test
  void namesThePortThatIsTaken() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var result = run("--ports", "auto", "--tcp-port", "" + taken.getLocalPort());
      assertThat(result.exitCode()).as("%s", result).isEqualTo(ExitCode.SYSTEM);
      assertThat(result.stderr()).contains("--tcp-port: " + taken.getLocalPort(), "--ports auto");
    }
    assertNothingIsLeft();
  }

  @Test
  void servesUntilItIsInterrupted() throws Exception {
    int port = FreePorts.loopback(1).getFirst();
    Path output = temporary.resolve("output");
    Process demo =
        new ProcessBuilder(interruptible(command("--ports", "auto", "--http-port", "" + port)))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      Await.until(
          "the demo serves",
          Duration.ofSeconds(60),
          () -> Files.readString(output).contains("Ctrl-C ends the demo"));
      List<ProcessHandle> children = demo.descendants().toList();
      assertThat(children).as("nats-server").hasSize(1);
      String pasted =
          Files.readString(output)
              .lines()
              .filter(line -> line.startsWith("  curl -i") && line.contains(":" + port + "/"))
              .findFirst()
              .orElseThrow();
      assertThat(Command.run(List.of("sh", "-c", pasted)).succeeded().stdout())
          .startsWith("HTTP/1.1 308");

      // Not SIGINT, which Ctrl-C sends: a background job of a shell has it ignored.
      Command.run(List.of("kill", "-TERM", Long.toString(demo.pid()))).succeeded();
      assertThat(demo.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
      assertThat(demo.exitValue()).as("%s", Files.readString(output)).isZero();
      assertThat(children).noneMatch(ProcessHandle::isAlive);
      Files.delete(output);
      assertNothingIsLeft();
    } finally {
      demo.descendants().forEach(ProcessHandle::destroyForcibly);
      demo.destroyForcibly();
    }
  }

  private static List<String> rows(Command.Result result) {
    return result
        .stdout()
        .lines()
        .dropWhile(line -> !line.startsWith("check "))
        .skip(1)
        .filter(line -> line.endsWith(" ok") || line.endsWith(" FAILED"))
        .toList();
  }
}
