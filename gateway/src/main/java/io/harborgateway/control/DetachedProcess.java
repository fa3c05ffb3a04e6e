package io.harborgateway.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Starts a process that is not a child of this one but of process 1, as which it will go on. To
 * systemd a main process that was not its own child when it became that is an alien: a stop sends
 * SIGKILL at once, without the time to drain.
 */
final class DetachedProcess {
  /**
   * The shell ends at once, so that its child gets another parent. A shell's background job would
   * ignore SIGINT, and so would what it starts.
   */
  private static final String SCRIPT =
      "env --default-signal=INT,QUIT \"$@\" & echo $! >\"$HARBOR_GATEWAY_STARTED\"";

  /** Where the shell writes the id. The other process is not told: it is no setting. */
  private static final String VARIABLE = "HARBOR_GATEWAY_STARTED";

  private DetachedProcess() {}

  /**
   * Starts it, with this process's standard output.
   *
   * @param without variables of the environment that it does not get
   * @param errors gets its standard error
   * @throws IOException if it can't be started
   */
  static ProcessHandle start(List<String> command, Collection<String> without, Path errors)
      throws IOException {
    Path started = Files.createTempFile("harbor-gateway-", ".pid");
    try {
      List<String> shell = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "sh", "-u", VARIABLE));
      shell.addAll(command);
      var builder =
          new ProcessBuilder(shell)
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(errors.toFile());
      builder.environment().keySet().removeAll(without);
      builder.environment().put(VARIABLE, started.toString());
      builder.start().waitFor();
      String id = Files.readString(started, StandardCharsets.US_ASCII).strip();
      return ProcessHandle.of(Long.parseLong(id)).orElseThrow();
    } catch (NumberFormatException | NoSuchElementException e) {
      throw new IOException(command.getFirst() + " can't be started, or has ended at once", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.deleteIfExists(started);
    }
  }
}
