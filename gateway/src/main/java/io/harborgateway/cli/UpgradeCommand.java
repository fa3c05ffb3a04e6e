package io.harborgateway.cli;

import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.load.ConfigLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
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
final class UpgradeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--config", required = true, description = "The YAML file of the gateway.")
  private Path config = Path.of("");

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    var err = spec.commandLine().getErr();
    try {
      JsonNode answer = UpgradeAnswers.upgrade(AdminConnection.to(ConfigLoader.admin(config)));
      if (answer.path("upgraded").asBoolean()) {
        out.printf("process %d has taken over%n", answer.path("pid").asLong());
        out.flush();
        return ExitCode.OK;
      }
      err.println("not upgraded, the running gateway goes on:");
      answer.path("problems").forEach(problem -> err.println("  " + problem.asString()));
      return ExitCode.UNAVAILABLE;
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return ExitCode.USAGE;
    } catch (IOException e) {
      err.println(e.getMessage());
      return ExitCode.SYSTEM;
    }
  }
}
