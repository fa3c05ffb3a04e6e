package io.harborgateway.cli;

import io.harborgateway.control.Version;
import io.harborgateway.logging.LibraryLogs;
import io.harborgateway.upstream.Lookup;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the program. */
@Command(
    name = "harbor-gateway",
    description = "The gateway in front of a Harbor registry on Cloud Foundry.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.VersionLines.class,
    subcommands = {
      RunCommand.class,
      CheckCommand.class,
      ReloadCommand.class,
      UpgradeCommand.class,
      DrainCommand.class,
      WaitCommand.class,
      ImportRegistrarCommand.class,
      DemoCommand.class,
      CertsCommand.class
    })
public final class Main {
  private Main() {}

  /**
   * Runs the command and ends the process with its exit code.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    LibraryLogs.redirect();
    Lookup.followNames();
    Integer usual = RunCommand.runUsual(arguments);
    System.exit(usual != null ? usual : commandLine().execute(arguments));
  }

  public static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExitCodeExceptionMapper(failure -> ExitCode.SYSTEM)
        .setParameterExceptionHandler(Main::usage);
  }

  private static int usage(CommandLine.ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    command.getErr().println(failure.getMessage());
    command.getErr().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  /** What {@code --version} prints. */
  static final class VersionLines implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "harbor-gateway " + Version.text(),
        "Java "
            + Runtime.version()
            + ", "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
      };
    }
  }
}
