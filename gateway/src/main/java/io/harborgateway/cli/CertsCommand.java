package io.harborgateway.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code certs}: creates CAs and certificates, renews and inspects them. All subcommands exit with
 * 0, or with {@link CertsTask#BAD_INPUT} if something is wrong with their input.
 */
@Command(
    name = "certs",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = CertsTask.BAD_INPUT,
    description = "Makes, shows and checks certificates.",
    subcommands = {
      CertsCa.class,
      CertsIssue.class,
      CertsRenew.class,
      CertsShow.class,
      CertsCheck.class,
      CertsSelfTest.class
    })
public final class CertsCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
  private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand (expected: one below)");
  }
}
