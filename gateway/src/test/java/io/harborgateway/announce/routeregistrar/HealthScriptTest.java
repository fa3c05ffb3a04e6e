package io.harborgateway.announce.routeregistrar;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.harborgateway.announce.routeregistrar.ScriptRun.Outcome;
import io.harborgateway.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Scripts that are run, and what is left of them. */
class HealthScriptTest {
  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final ScriptEnvironment OWN = ScriptEnvironment.of(System.getenv(), List.of());

  @TempDir Path folder;

  private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();

  @Test
  void exitCode0IsHealthy() throws Exception {
    assertThat(run("echo fine; exit 0"))
        .isEqualTo(new Outcome(true, "health script \"my-check\" exited with 0"));
  }

  @Test
  void anotherExitCodeIsNotAndItsFirstLineIsTheReason() throws Exception {
    assertThat(run("echo; echo '  disk is full ' >&2; echo more; exit 3"))
        .isEqualTo(new Outcome(false, "health script \"my-check\" exited with 3: disk is full"));
    assertThat(run("exit 1"))
        .isEqualTo(new Outcome(false, "health script \"my-check\" exited with 1"));
    assertThat(run("kill -9 $$").reason()).startsWith("health script \"my-check\" exited with 137");
  }

  @Test
  void theCommandMayHaveArguments() throws Exception {
    Path script = script("[ \"$1\" = expected ]");
    assertThat(ScriptRun.of(check(script + " expected"), OWN).healthy()).isTrue();
    assertThat(ScriptRun.of(check(script + " other"), OWN).healthy()).isFalse();
  }

  @Test
  void aScriptWithoutAnInterpreterLineRuns() throws Exception {
    Path script = executable("plain", "exit 0\n");
    assertThat(ScriptRun.of(check(script.toString()), OWN).healthy()).isTrue();
  }

  @Test
  void aScriptThatIsNotThereIsNotHealthy() throws Exception {
    Outcome outcome = ScriptRun.of(check("/nowhere/check"), OWN);
    assertThat(outcome.healthy()).isFalse();
    assertThat(outcome.reason()).contains("exited with 127", "/nowhere/check");
  }

  @Test
  void inputIsEmpty() throws Exception {
    assertThat(run("cat; exit 0").healthy()).isTrue();
  }

  /** What a shell sets by itself is no part of it. */
  @Test
  void hasNoMoreOfTheEnvironmentThanScriptsNeed() throws Exception {
    Map<String, String> own =
        Map.of(
            "PATH", "/usr/bin:/bin", "LC_ALL", "C", "NATS_PASSWORD", "s3cret", "PROBE_PORT", "80");
    var environment = ScriptEnvironment.of(own, List.of("PROBE_PORT", "NOT_SET"));
    Path seen = folder.resolve("seen");
    var outcome = ScriptRun.of(check(script("env > " + seen).toString()), environment);
    assertThat(outcome.healthy()).as(outcome.reason()).isTrue();
    assertThat(Files.readAllLines(seen))
        .filteredOn(line -> !line.matches("(PWD|OLDPWD|SHLVL|_)=.*"))
        .containsExactlyInAnyOrder("PATH=/usr/bin:/bin", "LC_ALL=C", "PROBE_PORT=80");
  }

  /** Far more than a pipe holds: the script would wait if nobody read. */
  @Test
  void endlessOutputNeitherBlocksNorIsKept() throws Exception {
    Outcome outcome = run("head -c 1000000 /dev/zero | tr '\\0' x; exit 4");
    assertThat(outcome.healthy()).isFalse();
    assertThat(outcome.reason())
        .startsWith("health script \"my-check\" exited with 4: xxx")
        .hasSizeLessThan(300);
  }

  @Test
  void logsTheBeginOfTheOutputOnDebug() throws Exception {
    var logger = (Logger) LoggerFactory.getLogger(ScriptRun.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    logger.setLevel(Level.DEBUG);
    logger.addAppender(lines);
    try {
      run("head -c 100000 /dev/zero | tr '\\0' x");
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(null);
    }
    assertThat(lines.list)
        .flatExtracting(ILoggingEvent::getKeyValuePairs)
        .filteredOn(pair -> pair.key.equals("output"))
        .extracting(pair -> pair.value)
        .containsExactly("x".repeat(8192));
  }

  /** It holds the output open, which must not matter. */
  @Test
  void whatIsLeftBehindIsKilled() throws Exception {
    Path pid = folder.resolve("pid");
    assertThat(run("sleep 300 & echo $! > " + pid + "; exit 0").healthy()).isTrue();
    awaitEnded(pid);
  }

  @Test
  void atTheTimeoutEveryProcessIsKilled() throws Exception {
    // child: its parent is the script. orphan: its parent has exited. own: a process group of its
    // own.
    Path script =
        script(
            """
            sleep 300 & echo $! > %1$s/child
            (sleep 300 & echo $! > %1$s/orphan)
            bash -c 'set -m; sleep 300 & echo $! > %1$s/own; wait' &
            echo $$ > %1$s/script
            echo still busy
            wait
            """
                .formatted(folder));
    Outcome outcome =
        ScriptRun.of(new ScriptCheck("my-check", script.toString(), Duration.ofSeconds(3)), OWN);

    assertThat(outcome)
        .isEqualTo(
            new Outcome(
                false, "health script \"my-check\" did not exit within 3000 ms: still busy"));
    for (String process : List.of("script", "child", "orphan", "own")) {
      awaitEnded(folder.resolve(process));
    }
  }

  @Test
  void runsAtOnceThenAtEachIntervalAndTellsOfEachRun() throws Exception {
    Path state = Files.writeString(folder.resolve("state"), "0");
    Path script = script("exit $(cat " + state + ")");
    try (var health = health(script, Duration.ofMillis(50))) {
      health.start();
      Await.until("healthy", () -> outcomes.size() > 1 && outcomes.getLast().healthy());
      Files.writeString(state, "1");
      Await.until("unhealthy", () -> !outcomes.getLast().healthy());
      Files.writeString(state, "0");
      Await.until("healthy again", () -> outcomes.getLast().healthy());
    }
  }

  @Test
  void aLongIntervalDoesNotDelayTheFirstRun() throws Exception {
    try (var health = health(script("exit 0"), Duration.ofHours(1))) {
      health.start();
      Await.until("the first run", () -> outcomes.size() == 1);
    }
  }

  @Test
  void oneRunAtMostGoesOn() throws Exception {
    Path running = folder.resolve("running");
    Path script = script("mkdir %1$s || exit 9; sleep 0.1; rmdir %1$s; exit 0".formatted(running));
    try (var health = health(script, Duration.ofMillis(1))) {
      health.start();
      Await.until("five runs", () -> outcomes.size() >= 5);
    }
    assertThat(outcomes).allMatch(Outcome::healthy);
  }

  @Test
  void closingKillsARunAndTellsNothing() throws Exception {
    Path pid = folder.resolve("pid");
    Path script = script("sleep 300 & echo $! > " + pid + "; wait");
    try (var health = health(script, Duration.ofHours(1))) {
      health.start();
      Await.until("the script", () -> !Files.readString(pid).isBlank());
    }
    awaitEnded(pid);
    assertThat(outcomes).isEmpty();
  }

  @Test
  void aListenerThatFailsIsToldOfTheNextRun() throws Exception {
    Path script = script("exit 0");
    var check = new ScriptCheck("my-check", script.toString(), AMPLE);
    try (var health =
        new HealthScript(
            check,
            OWN,
            Duration.ofMillis(1),
            (healthy, reason) -> {
              outcomes.add(new Outcome(healthy, reason));
              throw new IllegalStateException("a listener that fails");
            })) {
      health.start();
      Await.until("two runs", () -> outcomes.size() >= 2);
    }
  }

  private HealthScript health(Path script, Duration interval) {
    return new HealthScript(
        new ScriptCheck("my-check", script.toString(), AMPLE),
        OWN,
        interval,
        (healthy, reason) -> outcomes.add(new Outcome(healthy, reason)));
  }

  private Outcome run(String body) throws Exception {
    return ScriptRun.of(check(script(body).toString()), OWN);
  }

  private static ScriptCheck check(String command) {
    return new ScriptCheck("my-check", command, AMPLE);
  }

  private Path script(String body) throws IOException {
    return executable("check", "#!/bin/sh\n" + body + "\n");
  }

  private Path executable(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** One that nobody has reaped yet has ended. */
  private static void awaitEnded(Path pidFile) throws IOException {
    String pid = Files.readString(pidFile).strip();
    assertThat(pid).isNotEmpty();
    Await.until(
        pidFile.getFileName() + " " + pid + " has ended",
        () -> {
          try {
            String stat = Files.readString(Path.of("/proc", pid, "stat"));
            return stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
          } catch (NoSuchFileException e) {
            return true;
          }
        });
  }
}
