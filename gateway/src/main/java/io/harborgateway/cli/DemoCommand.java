package io.harborgateway.cli;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.values.ByteSize;
import io.harborgateway.control.ConfigFile;
import io.harborgateway.control.Gateway;
import io.harborgateway.demo.CheckRow;
import io.harborgateway.demo.CheckTable;
import io.harborgateway.demo.DemoChecks;
import io.harborgateway.demo.DemoGuide;
import io.harborgateway.demo.DemoPortOptions;
import io.harborgateway.demo.DemoSite;
import io.harborgateway.demo.Opened;
import io.harborgateway.logging.Logs;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code demo}: runs the gateway between a client and a stand-in for Harbor, both created just for
 * the demo. However it ends, it leaves nothing behind.
 */
@Command(
    name = "demo",
    description = {
      "Runs the gateway in front of a stand-in for Harbor, with throw-away certificates, until"
          + " Ctrl-C.",
      "Needs no configuration: writes one, names it, and prints commands to try."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--check",
      description = "Tries everything itself, prints a table, and ends: 0 if all holds, else 1.")
  private boolean check;

  @Mixin private DemoPortOptions portOptions = new DemoPortOptions();

  @Option(
      names = "--blob-size",
      paramLabel = "SIZE",
      defaultValue = "256MiB",
      description = "Size of the blob that goes up and down (default: ${DEFAULT-VALUE}).")
  private String blobSizeText = "";

  @Option(
      names = "--nats-server",
      paramLabel = "FILE",
      description = "The nats-server to start (default: that on PATH).")
  private @Nullable Path natsServer;

  private final Opened opened = new Opened();
  private volatile boolean serving;
  private volatile boolean ending;

  @Override
  public Integer call() {
    ByteSize blobSize = blobSize();
    var onSignal = new Thread(this::end, "shutdown");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try (opened) {
      return run(blobSize);
    } catch (IOException | CertificateProblem e) {
      spec.commandLine().getErr().println("demo: " + e.getMessage());
      return ExitCode.SYSTEM;
    } catch (ConfigException e) {
      e.problems().forEach(spec.commandLine().getErr()::println);
      return ExitCode.SYSTEM;
    } catch (IllegalStateException e) {
      if (ending) {
        return ExitCode.FAILED; // a signal arrived before everything was open
      }
      throw e;
    }
  }

  private int run(ByteSize blobSize) throws IOException, CertificateProblem, ConfigException {
    PrintWriter out = spec.commandLine().getOut();
    var settings = new DemoSite.Settings(portOptions.choose(check), check, natsServer);
    DemoSite site = DemoSite.open(opened, settings, out::println);
    Snapshot snapshot = SnapshotBuilder.load(site.config(), Map.of(), Instant.now());
    Logs logs = opened.open(() -> Logs.start(snapshot.config().logging()));
    var file = new ConfigFile(site.config(), Map.of());
    opened.open(() -> Gateway.start(snapshot, file, logs.accessLog())).awaitStarted();
    out.println();
    DemoGuide.facts(site).forEach(out::println);
    out.println();
    return check ? check(site, blobSize, out) : serve(site, blobSize, out);
  }

  private int check(DemoSite site, ByteSize blobSize, PrintWriter out) {
    List<CheckRow> rows = DemoChecks.make(site, blobSize);
    if (ending) {
      return ExitCode.FAILED; // a signal: nobody is waiting for the table
    }
    String announcement = site.announcement();
    if (announcement != null) {
      out.println("router.register, as NATS delivered it:");
      out.println(announcement);
      out.println();
    }
    CheckTable.lines(rows).forEach(out::println);
    return rows.stream().allMatch(CheckRow::holds) ? ExitCode.OK : ExitCode.FAILED;
  }

  private int serve(DemoSite site, ByteSize blobSize, PrintWriter out) {
    out.println("Try, in another terminal:");
    DemoGuide.commands(site, blobSize).forEach(out::println);
    out.println();
    out.println("Ctrl-C ends the demo and removes " + site.folder());
    serving = true;
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ExitCode.OK;
  }

  /**
   * Runs on SIGINT, SIGTERM, and at the end. A demo that was serving shuts down in order and exits
   * with 0; any other already has its exit code, or gets the signal's.
   */
  private void end() {
    ending = true;
    opened.close();
    if (serving) {
      Runtime.getRuntime().halt(ExitCode.OK);
    }
  }

  private ByteSize blobSize() {
    try {
      return ByteSize.of(blobSizeText);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--blob-size: " + e.getMessage(), e);
    }
  }
}
