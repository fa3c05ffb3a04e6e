package io.harborgateway.cli;

import java.io.IOException;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/**
 * {@code upgrade}: has a running gateway replaced by the program as it is installed now, without
 * closing a port. Talks to its admin listener.
 */
@Command(
    name = "upgrade",
    description =
        "Has the running gateway replaced by the program as it is installed now: the new process"
            + " takes its ports, and it ends what it has begun. If the new one can't serve, the"
            + " running one goes on.",
    mixinStandardHelpOptions = true)
final class UpgradeCommand extends AdminTask {
  @Override
  int run(AdminConnection admin) throws IOException {
    JsonNode answer = answer(admin);
    if (answer.path("upgraded").asBoolean()) {
      out().printf("process %d has taken over%n", answer.path("pid").asLong());
      out().flush();
      return ExitCode.OK;
    }
    err().println("not upgraded, the running gateway goes on:");
    answer.path("problems").forEach(problem -> err().println("  " + problem.asString()));
    return ExitCode.UNAVAILABLE;
  }

  private static JsonNode answer(AdminConnection admin) throws IOException {
    try {
      return UpgradeAnswers.upgrade(admin);
    } catch (AdminConnection.NotRunningException e) {
      throw new IOException(
          e.getMessage()
              + "\n(if `admin` was changed since the gateway's start: give a file whose `admin` is as"
              + " it was then)",
          e);
    }
  }
}
