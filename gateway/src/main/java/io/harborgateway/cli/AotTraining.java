package io.harborgateway.cli;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.config.values.ByteSize;
import io.harborgateway.demo.CheckRow;
import io.harborgateway.demo.DemoChecks;
import io.harborgateway.demo.DemoPortOptions;
import io.harborgateway.demo.DemoSite;
import io.harborgateway.demo.Opened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Creates the AOT cache: a separate gateway serves the demo's requests once, and at exit its JVM
 * records which classes it loaded and linked, and method profiles. Run by the launcher, which
 * decides when the cache is used.
 */
public final class AotTraining {
  /** Long enough for a busy machine; a run that takes longer is useless as training. */
  private static final int LIMIT_SECONDS = 120;

  private static final ByteSize BLOB = ByteSize.of("8MiB");

  private AotTraining() {}

  /**
   * Runs the training.
   *
   * @param arguments the launcher, and the file to write
   */
  public static void main(String[] arguments) throws Exception {
    System.exit(train(arguments[0], Path.of(arguments[1])) ? ExitCode.OK : ExitCode.FAILED);
  }

  private static boolean train(String launcher, Path cache)
      throws IOException, CertificateProblem, InterruptedException {
    try (var opened = new Opened()) {
      var ports = new DemoPortOptions().choose(true);
      DemoSite site = DemoSite.openForTraining(opened, ports);
      var log = Files.createTempFile(site.folder(), "training", ".log").toFile();
      var builder =
          new ProcessBuilder(List.of(launcher, "run", "--config", site.config().toString()))
              .redirectErrorStream(true)
              .redirectOutput(log);
      builder.environment().put("HARBOR_GATEWAY_AOT", "make:" + cache);
      Process gateway = builder.start();
      try {
        return serves(gateway, site) && ends(gateway) && Files.size(cache) > 0;
      } finally {
        gateway.destroyForcibly();
      }
    }
  }

  /**
   * Waits for the first check to succeed, since nothing answers until the listeners are bound; from
   * then on, all checks count.
   */
  private static boolean serves(Process gateway, DemoSite site) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (gateway.isAlive() && System.nanoTime() < deadline) {
      List<CheckRow> rows = DemoChecks.make(site, BLOB);
      if (rows.getFirst().holds()) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return false;
  }

  private static boolean ends(Process gateway) throws InterruptedException {
    gateway.destroy();
    return gateway.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}
