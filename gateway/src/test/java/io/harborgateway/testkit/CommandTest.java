package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTest {
  private static Command.Result shell(String script, String input, Duration atMost) {
    return Command.run(
        List.of("sh", "-c", script), input.getBytes(StandardCharsets.US_ASCII), atMost);
  }

  @Test
  void tellsWhatAProgramLeft() {
    var result = shell("cat; echo problem >&2; exit 3", "input", Duration.ofSeconds(10));
    assertThat(result).isEqualTo(new Command.Result(3, "input", "problem\n"));
    assertThatThrownBy(result::succeeded)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("exit code: 3 (expected: 0): problem");
  }

  @Test
  void endsAProgramThatTakesTooLong() {
    assertThatThrownBy(() -> shell("echo begun; exec sleep 60", "", Duration.ofMillis(500)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("still running after 500 ms")
        .hasMessageContaining("begun");
  }

  @Test
  void doesNotMindAProgramThatIgnoresItsInput() {
    assertThat(shell("exit 0", "x".repeat(1 << 20), Duration.ofSeconds(10)).exitCode()).isZero();
  }
}
