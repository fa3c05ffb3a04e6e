package io.harborgateway.benchmarks;

import io.harborgateway.benchmarks.compare.CompareCommand;
import io.harborgateway.benchmarks.compare.ScaleCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of {@code bin/bench}. */
@Command(
    name = "bin/bench",
    description = "Measures the gateway.",
    mixinStandardHelpOptions = true,
    subcommands = {MicroCommand.class, LoadCommand.class, CompareCommand.class, ScaleCommand.class})
public final class Main {
  private Main() {}

  /**
   * Runs the command and ends the process with its exit code.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Main()).setExecutionExceptionHandler(Main::failed).execute(arguments));
  }

  private static int failed(
      Exception failure, CommandLine command, CommandLine.ParseResult arguments) {
    command.getErr().println("failed: " + failure);
    failure.printStackTrace(command.getErr());
    return 1;
  }
}
