package io.harborgateway.control;

import io.harborgateway.admin.ActionRefusedException;
import io.harborgateway.admin.UpgradeAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Has this process replaced by one of the program as it is installed now: it starts that one with
 * its own user, limits and environment. Thread-safe; blocks.
 */
final class Upgrade {
  /** Set by the launcher: the path by which it was called. */
  private static final String PROGRAM = "harbor-gateway.program";

  /** What a service manager has said to this process alone. */
  private static final Set<String> OF_THIS_PROCESS =
      Set.of("WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES");

  /** Most lines shown of what the other process has printed. */
  private static final int SHOWN = 20;

  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final HandOver handOver;
  private final ConfigFile file;
  private final Supplier<Duration> patience;

  /** The answer to {@code POST /hand-over}. */
  record Offered(String socket) {}

  /**
   * @param patience how long what is in flight in a process that has not taken over may take
   */
  Upgrade(HandOver handOver, ConfigFile file, Supplier<Duration> patience) {
    this.handOver = handOver;
    this.file = file;
    this.patience = patience;
  }

  /**
   * Offers the sockets to a process that somebody else starts.
   *
   * @throws ActionRefusedException if this is not the time for it
   */
  Offered offer() {
    return new Offered(handOver.offer().path().toString());
  }

  /**
   * Starts the other process, and returns when it has taken over, or this one goes on.
   *
   * @throws ActionRefusedException if this is not the time for it
   */
  UpgradeAnswer perform() {
    String program = System.getProperty(PROGRAM);
    if (program == null) {
      throw new ActionRefusedException("this process was not started by bin/harbor-gateway");
    }
    if (ProcessHandle.current().pid() == 1) {
      throw new ActionRefusedException(
          "process 1 can't be replaced: the container ends with it (start another container)");
    }
    HandOver.Attempt attempt = handOver.offer();
    try {
      return replace(program, attempt);
    } catch (IOException e) {
      throw new ActionRefusedException("not started: " + e.getMessage());
    } finally {
      attempt.giveUp(); // no effect once it is over
    }
  }

  /** It finishes what it has accepted, unless it hangs; this waits only for its last words. */
  private void end(ProcessHandle next) {
    next.destroy();
    CompletableFuture.delayedExecutor(patience.get().toMillis(), TimeUnit.MILLISECONDS)
        .execute(next::destroyForcibly);
    next.onExit().completeOnTimeout(next, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  private UpgradeAnswer replace(String program, HandOver.Attempt attempt) throws IOException {
    Path output = Files.createTempFile("harbor-gateway-", ".out");
    try {
      List<String> command =
          List.of(
              program, "run", "--take-over=" + attempt.path(), "--config", file.path().toString());
      ProcessHandle next = DetachedProcess.start(command, OF_THIS_PROCESS, output);
      next.onExit().thenRun(attempt::giveUp);
      try {
        attempt.result().join();
        return new UpgradeAnswer(true, next.pid(), List.of());
      } catch (CompletionException e) {
        end(next);
        List<String> problems = new ArrayList<>();
        problems.add(String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()));
        try (var lines = Files.lines(output)) {
          lines.limit(SHOWN).forEach(problems::add);
        }
        return new UpgradeAnswer(false, next.pid(), problems);
      }
    } finally {
      Files.deleteIfExists(output);
    }
  }
}
