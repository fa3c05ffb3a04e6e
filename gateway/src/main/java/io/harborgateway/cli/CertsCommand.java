package io.harborgateway.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code certs}: a CA and certificates for demos and tests, and a look at those of others. All of
 * them end with 0, or with {@link CertsTask#BAD_INPUT} if something is wrong with what they got.
 */
@Command(
    name = "certs",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = CertsTask.BAD_INPUT,
    description = "Makes, shows and checks certificates.",
    subcommands = {CertsCa.class, CertsIssue.class, CertsShow.class, CertsCheck.class})
public final class CertsCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
  private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand (expected: one below)");
  }
}
