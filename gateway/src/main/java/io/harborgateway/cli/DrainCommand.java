package io.harborgateway.cli;

import io.harborgateway.cli.AdminConnection.NotRunningException;
import io.harborgateway.control.DrainSequence;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code drain}: makes a running gateway withdraw its routes and finish its requests without
 * exiting. Talks to its admin listener.
 *
 * <p>With {@code --bosh} it is all that a BOSH drain script does: the agent runs it again and again
 * while it prints a negative number, whose seconds it waits before the next time, and stops the
 * process when it prints 0. Anything else on standard output, or an exit code, would fail the
 * deployment's stop.
 */
@Command(
    name = "drain",
    description = "Takes the running gateway out of service without ending it, or back (--undo).",
    mixinStandardHelpOptions = true)
final class DrainCommand extends AdminTask {
  private static final Duration POLL = Duration.ofMillis(500);

  /** Each answer is a start of this program; and a deployment waits for the last one. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  @ArgGroup private Kind kind = new Kind();

  /** What is done; none: a drain begins. */
  static final class Kind {
    @Option(names = "--undo", description = "Serves again.")
    private boolean undo;

    @Option(names = "--wait", description = "Returns when nothing is in flight any more.")
    private boolean wait;

    @Option(
        names = "--bosh",
        description =
            "Prints for BOSH's agent: -N, ask again in N s; or 0, drained or not running. The rest"
                + " is on standard error.")
    private boolean bosh;
  }

  @Override
  int run(AdminConnection admin) throws IOException, InterruptedException {
    if (kind.bosh) {
      answerAgent(admin);
    } else {
      drain(admin);
    }
    return ExitCode.OK;
  }

  /**
   * A second drain is the first one, so each call begins it; also the one that finds it undone: the
   * agent would stop the process all the same.
   */
  private void answerAgent(AdminConnection admin) throws IOException, InterruptedException {
    int answer = 0;
    try {
      JsonNode status = ask(admin, "POST", "/drain");
      show(err(), status);
      if (!phase(status).equals(DrainSequence.Phase.DRAINED.name())) {
        answer = -(int) ASK_AGAIN.toSeconds();
      }
    } catch (NotRunningException e) { // it may be called before a start, and after a stop
      err().println("not running: " + e.getMessage());
    }
    PrintWriter out = out();
    out.println(answer);
    out.flush();
  }

  private void drain(AdminConnection admin) throws IOException, InterruptedException {
    PrintWriter out = out();
    JsonNode status = ask(admin, "POST", kind.undo ? "/undrain" : "/drain");
    show(out, status);
    while (kind.wait && !phase(status).equals(DrainSequence.Phase.DRAINED.name())) {
      Thread.sleep(POLL);
      status = ask(admin, "GET", "/status").path("drain");
      if (phase(status).equals(DrainSequence.Phase.SERVING.name())) {
        throw new IOException(admin + ": the drain was undone, the gateway serves again");
      }
    }
    if (kind.wait) {
      show(out, status);
    }
  }

  private static void show(PrintWriter out, JsonNode status) {
    out.printf("%s, %d connections%n", phase(status), status.path("connections").asLong(0));
    out.flush();
  }

  private static String phase(JsonNode status) {
    return status.path("phase").asString("");
  }

  /** Sends a request with the field that actions require, which no web page can send. */
  private static JsonNode ask(AdminConnection admin, String method, String path)
      throws IOException, InterruptedException {
    var response = admin.ask(method, path, "X-Harbor-Gateway: drain\r\n");
    if (response.status() != 200) {
      throw new IOException(
          admin + path + ": " + response.status() + " " + response.body().strip());
    }
    return new JsonMapper().readTree(response.body());
  }
}
