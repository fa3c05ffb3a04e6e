package io.harborgateway.app;

import io.harborgateway.config.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run}: runs the gateway until SIGTERM or SIGINT, on which it drains and exits with 0. */
@Command(
    name = "run",
    description = "Runs the gateway until SIGTERM or SIGINT, then drains.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--config", required = true, description = "The YAML file.")
  private Path config = Path.of("");

  @Override
  public Integer call() {
    var err = spec.commandLine().getErr();
    try {
      Plan plan = Plan.load(config, System.getenv(), Instant.now());
      var logs = Logs.start(plan.config().logging());
      plan.warnings().forEach(warning -> logs.program().warn("{}", warning));
      Gateway gateway = Gateway.start(plan, logs.accessLog());
      new ShutdownSignal(
              () -> {
                gateway.close();
                logs.close();
              })
          .await();
      return ExitCode.OK;
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return ExitCode.USAGE;
    } catch (IOException e) {
      err.println(e.getMessage());
      return ExitCode.SYSTEM;
    }
  }
}
