package io.harborgateway.cli;

import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.config.binding.ConfigException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code import-registrar}: converts route_registrar's settings to the gateway's YAML. */
@Command(
    name = "import-registrar",
    description =
        "Prints what registrar_settings.json of route_registrar says as the gateway's YAML, to be"
            + " completed with instances and listeners.",
    mixinStandardHelpOptions = true)
final class ImportRegistrarCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "The registrar_settings.json.")
  private Path file = Path.of("");

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    try {
      RegistrarSettings settings = RegistrarSettings.read(file);
      settings.warnings().forEach(warning -> err.println("warning: " + warning));
      PrintWriter out = spec.commandLine().getOut();
      out.print(RegistrarImport.yaml(settings));
      out.flush();
      return ExitCode.OK;
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return ExitCode.USAGE;
    }
  }
}
