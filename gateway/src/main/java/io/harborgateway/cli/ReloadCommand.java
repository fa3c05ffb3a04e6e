package io.harborgateway.cli;

import io.harborgateway.cli.ReloadAnswer.RefusedException;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code reload}: makes a running gateway read its configuration again, and prints what changed.
 * Talks to its admin listener.
 */
@Command(
    name = "reload",
    description = "Has the running gateway read its configuration again; prints what changes.",
    mixinStandardHelpOptions = true)
final class ReloadCommand extends AdminTask {
  @Option(names = "--dry-run", description = "Says what would change, and changes nothing.")
  private boolean dryRun;

  @Override
  int run(AdminConnection admin) throws IOException, InterruptedException {
    try {
      return ReloadAnswer.ask(admin, config(), dryRun ? "&dry-run" : "").print(out(), err());
    } catch (RefusedException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          e.getMessage() + "\n(where the admin endpoint is can't change while the gateway runs)",
          e);
    }
  }
}
