package io.harborgateway.cli;

import io.harborgateway.cli.ReloadAnswer.RefusedException;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.load.ConfigLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code reload}: makes a running gateway read its configuration again, and prints what changed.
 * Talks to its admin listener.
 */
@Command(
    name = "reload",
    description = "Has the running gateway read its configuration again; prints what changes.",
    mixinStandardHelpOptions = true)
final class ReloadCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--config", required = true, description = "The YAML file of the gateway.")
  private Path config = Path.of("");

  @Option(names = "--dry-run", description = "Says what would change, and changes nothing.")
  private boolean dryRun;

  @Override
  public Integer call() throws InterruptedException {
    var err = spec.commandLine().getErr();
    try {
      var admin = AdminConnection.to(ConfigLoader.admin(config));
      return ReloadAnswer.ask(admin, config, dryRun ? "&dry-run" : "")
          .print(spec.commandLine().getOut(), err);
    } catch (RefusedException e) {
      err.println(e.getMessage());
      return e.exitCode();
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return ExitCode.USAGE;
    } catch (IOException e) {
      err.println(e.getMessage());
      err.println("(where the admin endpoint is can't change while the gateway runs)");
      return ExitCode.SYSTEM;
    }
  }
}
