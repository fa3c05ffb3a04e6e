package io.harborgateway.cli;

import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.control.ActivatedSockets;
import io.harborgateway.control.ConfigFile;
import io.harborgateway.control.Gateway;
import io.harborgateway.logging.Logs;
import io.harborgateway.logging.StandardError;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run}: runs the gateway until SIGTERM or SIGINT, on which it drains and exits with 0. */
@Command(
    name = "run",
    description = "Runs the gateway until SIGTERM or SIGINT, then drains.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--config", required = true, description = "The YAML file.")
  private Path config = Path.of("");

  @Option(
      names = "--strict",
      description =
          "Ends with 64 if the certificate of a single instance can't be used. Otherwise the"
              + " others are served, as long as there is anything to serve.")
  private boolean strict;

  @Override
  public Integer call() {
    return run(config, strict, spec.commandLine().getErr());
  }

  /**
   * Does the same without picocli if the arguments are the usual {@code run --config FILE}: setting
   * up all commands would take a quarter of the startup time, and picocli's classes can't be in an
   * AOT cache (their class file format is too old).
   *
   * @return null if the arguments are different
   */
  static @Nullable Integer runUsual(String[] arguments) {
    boolean usual =
        arguments.length == 3
            && arguments[0].equals("run")
            && arguments[1].equals("--config")
            && !arguments[2].startsWith("-");
    return usual
        ? run(Path.of(arguments[2]), false, new PrintWriter(System.err, true, System.err.charset()))
        : null;
  }

  private static int run(Path config, boolean strict, PrintWriter err) {
    try {
      Snapshot snapshot =
          strict
              ? SnapshotBuilder.loadAll(config, System.getenv(), Instant.now())
              : SnapshotBuilder.load(config, System.getenv(), Instant.now());
      try (var logs = Logs.start(snapshot.config().logging())) {
        run(snapshot, new ConfigFile(config, System.getenv()), logs);
      } finally {
        Thread.setDefaultUncaughtExceptionHandler(null); // the logs are closed
      }
      return ExitCode.OK;
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return ExitCode.USAGE;
    } catch (IOException e) {
      err.println(e.getMessage());
      return ExitCode.SYSTEM;
    }
  }

  private static void run(Snapshot snapshot, ConfigFile file, Logs logs) throws IOException {
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) ->
        logs.program(Gateway.class)
            .error("the thread {} has ended by an exception", thread.getName(), failure));
    snapshot.warnings().forEach(warning -> logs.program(Gateway.class).warn("{}", warning));
    var reload = new CompletableFuture<Runnable>();
    HarmlessSignals.handle(() -> {
      logs.reopen();
      reload.thenAccept(Runnable::run);
    });
    var shutdown = new ShutdownSignal(logs::close);
    var given =
        ActivatedSockets.of(
            System.getenv(), ProcessHandle.current().pid(), snapshot.config().listeners());
    Gateway gateway = Gateway.start(snapshot, file, logs.accessLog(), given);
    try (var supervision = gateway.supervise(System.getenv())) {
      reload.complete(() -> supervision.reload(() -> gateway.reloads().begin("SIGHUP")));
      StandardError.discard();
      logs.show(gateway.plane().meters());
      shutdown.await();
      supervision.stopping();
      gateway.close();
    }
  }
}
