package io.harborgateway.announce.routeregistrar;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a health script, in its own session: whatever it has started is killed when it exits
 * or its time is up. Only processes that leave the session, as daemons do, survive.
 *
 * <p>Its output is read while it runs, so that it does not block, but without waiting for more: a
 * process that the script leaves behind may hold the pipe open, and a blocked read would pin a
 * carrier thread.
 */
final class ScriptRun {
  private static final Logger LOG = LoggerFactory.getLogger(ScriptRun.class);

  /** In bytes. Anything beyond is read and dropped. */
  private static final int KEPT_OUTPUT = 8 << 10;

  private static final int LONGEST_REASON = 200;
  private static final long POLL_MILLIS = 20;

  private final ScriptCheck check;
  private final ScriptEnvironment environment;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final byte[] buffer = new byte[KEPT_OUTPUT];

  /**
   * How a run ended.
   *
   * @param reason human-readable; if unhealthy, includes the first line of the output
   */
  record Outcome(boolean healthy, String reason) {}

  private ScriptRun(ScriptCheck check, ScriptEnvironment environment) {
    this.check = check;
    this.environment = environment;
  }

  /**
   * Runs the script to its end, at most for its timeout. An interrupt ends it at once.
   *
   * @throws InterruptedException when interrupted; nothing of the script is left running then
   */
  static Outcome of(ScriptCheck check, ScriptEnvironment environment) throws InterruptedException {
    var run = new ScriptRun(check, environment);
    Outcome outcome = run.outcome();
    LOG.atDebug()
        .addKeyValue("script", check.scriptPath())
        .addKeyValue("healthy", outcome.healthy())
        .addKeyValue("reason", outcome.reason())
        .addKeyValue("output", run.output())
        .log("health script ran");
    return outcome;
  }

  private Outcome outcome() throws InterruptedException {
    Process process;
    try {
      var builder =
          new ProcessBuilder("setsid", "/bin/sh", "-c", check.scriptPath())
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true);
      environment.applyTo(builder);
      process = builder.start();
    } catch (IOException e) {
      return new Outcome(false, label() + " can't be started: " + e.getMessage());
    }
    try (InputStream output = process.getInputStream()) {
      if (!ends(process, output)) {
        return unhealthy("did not exit within " + millis());
      }
      int exitCode = process.exitValue();
      return exitCode == 0
          ? new Outcome(true, label() + " exited with 0")
          : unhealthy("exited with " + exitCode);
    } catch (IOException e) {
      return new Outcome(false, label() + ": its output can't be read: " + e.getMessage());
    } finally {
      killAll(process);
    }
  }

  /**
   * Kills the group's processes, whoever their parents are by now, and any other descendants that
   * can still be found.
   */
  private static void killAll(Process process) {
    if (process.isAlive()) {
      // Covers other groups within the session and, before setsid has created the session, the
      // process itself.
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    ProcessGroup.kill(process.pid());
  }

  private boolean ends(Process process, InputStream output)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + check.timeout().toNanos();
    boolean ended;
    do {
      drain(output);
      ended = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } while (!ended && System.nanoTime() - deadline < 0);
    drain(output);
    return ended;
  }

  /** Reads the output available so far. */
  private void drain(InputStream output) throws IOException {
    for (int there = output.available(); there > 0; there = output.available()) {
      int count = output.read(buffer, 0, Math.min(there, buffer.length));
      if (count <= 0) {
        return;
      }
      kept.write(buffer, 0, Math.min(count, KEPT_OUTPUT - kept.size()));
    }
  }

  private Outcome unhealthy(String how) {
    String line =
        output().lines().map(String::strip).filter(text -> !text.isEmpty()).findFirst().orElse("");
    String shown = line.length() > LONGEST_REASON ? line.substring(0, LONGEST_REASON) + "…" : line;
    return new Outcome(false, label() + " " + how + (shown.isEmpty() ? "" : ": " + shown));
  }

  private String output() {
    return kept.toString(StandardCharsets.UTF_8);
  }

  private String label() {
    return "health script \"" + check.name() + "\"";
  }

  private String millis() {
    return check.timeout().toMillis() + " ms";
  }
}
