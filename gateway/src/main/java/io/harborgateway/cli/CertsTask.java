package io.harborgateway.cli;

import io.harborgateway.certs.CertificateProblem;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Spec;

/** Base of the {@code certs} commands: where they print, and how they fail. */
abstract class CertsTask implements Callable<Integer> {
  static final int DONE = 0;

  /** EX_USAGE of sysexits.h, same as for a configuration with problems. */
  static final int BAD_INPUT = 64;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
  private CommandLine.Model.CommandSpec spec;

  /** Does the work and returns the exit code. */
  abstract int run(PrintWriter out) throws CertificateProblem;

  @Override
  public final Integer call() {
    try {
      return run(spec.commandLine().getOut());
    } catch (CertificateProblem e) {
      report(e);
      return BAD_INPUT;
    }
  }

  final void report(CertificateProblem problem) {
    spec.commandLine().getErr().println(problem.getMessage());
  }
}
