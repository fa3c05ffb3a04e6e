package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DetachedProcessTest {
  @TempDir private Path folder;

  /** The handler of SIGINT is that of a process that nobody has started in the background. */
  @Test
  void itIsNoChildAndEndsBySignalsAndIsSeenToEnd() throws Exception {
    Path output = folder.resolve("errors");
    ProcessHandle process =
        DetachedProcess.start(
            List.of("sh", "-c", "env >&2; exec sleep 20"), List.of("HOME"), output);
    try {
      long parent = process.parent().orElseThrow().pid();
      assertThat(parent).isNotEqualTo(ProcessHandle.current().pid());
      Await.until("its output", () -> !Files.readString(output).isEmpty());
      assertThat(Files.readString(output)).doesNotContain("HARBOR_GATEWAY_STARTED", "\nHOME=");
      String ignored =
          Files.readString(Path.of("/proc/" + process.pid() + "/status"))
              .lines()
              .filter(line -> line.startsWith("SigIgn:"))
              .findFirst()
              .orElseThrow();
      long signals = Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).strip(), 16);
      assertThat(signals & 0b110).as("SIGINT is 2, SIGQUIT 3").isZero();
    } finally {
      process.destroyForcibly();
    }
    process.onExit().get(10, TimeUnit.SECONDS);
  }

  @Test
  void itsErrorsAreKeptAndItsEndIsSeen() throws Exception {
    Path output = folder.resolve("errors");
    try {
      ProcessHandle process =
          DetachedProcess.start(List.of("sh", "-c", "echo no >&2; exit 1"), List.of(), output);
      process.onExit().get(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("has ended at once");
    }
    assertThat(Files.readString(output)).isEqualTo("no\n");
  }
}
