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

  /** The gateway with what its JVM starts at its end: the one that makes the cache. */
  private record Gateway(Process process) implements AutoCloseable {
    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private AotTraining() {}

  /**
   * Runs the training.
   *
   * @param arguments the launcher, and the file to write
   */
  public static void main(String[] arguments) throws InterruptedException {
    System.exit(train(arguments[0], Path.of(arguments[1])) ? ExitCode.OK : ExitCode.FAILED);
  }

  /** Leaves nothing behind, also on a signal. */
  private static boolean train(String launcher, Path cache) throws InterruptedException {
    try (var opened = new Opened()) {
      Runtime.getRuntime().addShutdownHook(new Thread(opened::close, "shutdown"));
      var ports = new DemoPortOptions().choose(true);
      DemoSite site = DemoSite.openForTraining(opened, ports);
      Process gateway = opened.open(() -> start(launcher, cache, site)).process();
      return serves(gateway, site) && ends(gateway);
    } catch (IOException | CertificateProblem | IllegalStateException e) {
      System.err.println("harbor-gateway: " + e.getMessage());
      return false;
    }
  }

  private static Gateway start(String launcher, Path cache, DemoSite site) throws IOException {
    var log = Files.createTempFile(site.folder(), "training", ".log").toFile();
    var builder =
        new ProcessBuilder(List.of(launcher, "run", "--config", site.config().toString()))
            .redirectErrorStream(true)
            .redirectOutput(log);
    builder.environment().put("HARBOR_GATEWAY_AOT", "make:" + cache);
    return new Gateway(builder.start());
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
