package io.harborgateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.control.GatewayProcess;
import io.harborgateway.control.GatewayYaml;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code reload} and {@code check --against-running}, with a gateway in a process of its own. */
@Timeout(120)
class ReloadCommandIT {
  /** What a command has done. */
  private record Outcome(int exitCode, String out, String err) {}

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.http(request -> Answer.of(200)));
  private GatewayYaml yaml;
  private GatewayProcess gateway;
  private Path config;

  @BeforeEach
  void start() {
    yaml =
        new GatewayYaml(folder)
            .listener("http", "http", origin.address(), "health: {interval: 100ms, rise: 1}", "");
    gateway = GatewayProcess.launch(folder, yaml.text()).started();
    config = folder.resolve("process.yml");
  }

  @AfterEach
  void close() {
    gateway.close();
    origin.close();
  }

  private static Outcome run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var command =
        Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return new Outcome(command.execute(arguments), out.toString(), err.toString());
  }

  private Outcome reload(String... more) {
    String[] arguments = new String[3 + more.length];
    arguments[0] = "reload";
    arguments[1] = "--config";
    arguments[2] = config.toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return run(arguments);
  }

  private String with(String section) {
    return yaml.text() + section + "\n";
  }

  private int status(String target) throws IOException {
    try (RawClient client = RawClient.connect(yaml.address("http"))) {
      client.send("GET " + target + " HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n");
      return client.readResponse().status();
    }
  }

  @Test
  void aDryRunSaysWhatAReloadThenDoes() throws Exception {
    String target = "/" + "x".repeat(300);
    assertThat(reload()).isEqualTo(new Outcome(0, "nothing changes, generation 1\n", ""));

    Path next =
        Files.writeString(folder.resolve("next.yml"), with("http: {max-target-size: 256B}"));
    Outcome against =
        run("check", "--config", next.toString(), "--against-running", config.toString());
    assertThat(against.exitCode()).isZero();
    assertThat(against.out()).contains("planned, generation 1\n").contains("max-target-size");

    Files.copy(next, config, StandardCopyOption.REPLACE_EXISTING);
    Outcome dry = reload("--dry-run");
    assertThat(dry.exitCode()).isZero();
    assertThat(dry.out()).endsWith("planned, generation 1\n");
    assertThat(against.out()).endsWith(dry.out());
    assertThat(status(target)).isEqualTo(200);

    Outcome applied = reload();
    assertThat(applied.exitCode()).isZero();
    assertThat(applied.out())
        .isEqualTo(dry.out().replace("planned, generation 1", "applied, generation 2"));
    assertThat(status(target)).isEqualTo(414);
    gateway.awaitLine("reload by a command: applied");
  }

  @Test
  void whatIsWrongIsSaidWithItsPlaceAndChangesNothing() throws Exception {
    Files.writeString(config, with("http: {max-target-size: much}"));
    Outcome wrong = reload();
    assertThat(wrong.exitCode()).isEqualTo(64);
    assertThat(wrong.err()).contains("process.yml:").contains("max-target-size");
    gateway.awaitLine("reload by a command: rejected"); // it was told, too

    Files.writeString(config, yaml.text().replace("event-loops: 2", "event-loops: 1"));
    Outcome restart = reload();
    assertThat(restart.exitCode()).isEqualTo(64);
    assertThat(restart.err()).contains("event-loops").contains("restart");

    Files.writeString(config, with("x: ["));
    Outcome unreadable = reload();
    assertThat(unreadable.exitCode()).isEqualTo(64);
    assertThat(unreadable.err()).contains("process.yml:");
    assertThat(status("/v2/")).isEqualTo(200);
  }

  /** A pipe would be waited for, and with it every reload after it. */
  @Test
  void anotherFileThanTheGatewaysAndAPipeAreRefused(@TempDir Path outside) throws Exception {
    Path other = Files.copy(config, folder.resolve("other.yml"));
    Outcome another = run("reload", "--config", other.toString());
    assertThat(another.exitCode()).isEqualTo(64);
    assertThat(another.err()).contains(other.toString()).contains(config.toString());

    Path link =
        Files.createSymbolicLink(
            Files.createDirectory(folder.resolve("job")).resolve("config"), folder);
    Outcome through =
        run(
            "check",
            "--config",
            link.resolve("other.yml").toString(),
            "--against-running",
            link.resolve("process.yml").toString());
    assertThat(through.out()).endsWith("nothing changes, generation 1\n");

    Path elsewhere = Files.copy(config, outside.resolve("elsewhere.yml"));
    Outcome refused =
        run("check", "--config", elsewhere.toString(), "--against-running", config.toString());
    assertThat(refused.exitCode()).isEqualTo(64);
    assertThat(refused.err()).contains("expected: one in the folder of");

    Path pipe = folder.resolve("pipe");
    Command.run(List.of("mkfifo", pipe.toString())).succeeded();
    Files.delete(config);
    Files.createSymbolicLink(config, pipe);
    Command.run(List.of("kill", "-HUP", Long.toString(gateway.pid()))).succeeded();
    gateway.awaitLine("no regular file");
  }

  @Test
  void whereNoGatewayRunsItSaysSo() throws Exception {
    gateway.terminate();
    assertThat(gateway.exitCode()).isZero();
    Outcome gone = reload();
    assertThat(gone.exitCode()).isEqualTo(ExitCode.SYSTEM);
    assertThat(gone.err()).contains("127.0.0.1");
  }
}
