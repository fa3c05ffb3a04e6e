package io.harborgateway.cli;

import io.harborgateway.cli.ReloadAnswer.RefusedException;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.load.ConfigLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Base of the commands that talk to a running gateway: whom they ask, and how they fail. */
abstract class AdminTask implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--config", required = true, description = "The YAML file of the gateway.")
  private Path config = Path.of("");

  /**
   * Does the work and returns the exit code.
   *
   * @throws RefusedException if the gateway does not do what it is asked for
   * @throws IOException if it does not answer
   */
  abstract int run(AdminConnection admin) throws IOException, InterruptedException;

  @Override
  public final Integer call() throws InterruptedException {
    try {
      return run(AdminConnection.to(ConfigLoader.admin(config)));
    } catch (RefusedException e) {
      err().println(e.getMessage());
      return e.exitCode();
    } catch (ConfigException e) {
      e.problems().forEach(err()::println);
      return ExitCode.USAGE;
    } catch (IOException e) {
      err().println(e.getMessage());
      return ExitCode.SYSTEM;
    }
  }

  final Path config() {
    return config;
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
