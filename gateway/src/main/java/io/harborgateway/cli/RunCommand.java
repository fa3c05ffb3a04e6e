package io.harborgateway.cli;

import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.control.ActivatedSockets;
import io.harborgateway.control.ConfigFile;
import io.harborgateway.control.Gateway;
import io.harborgateway.control.TakeOver;
import io.harborgateway.logging.Logs;
import io.harborgateway.logging.StandardError;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import io.harborgateway.transport.InheritedSockets;
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

  @Option(
      names = "--take-over",
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "SOCKET",
      description =
          "Replaces the gateway that runs with this configuration, without closing a port: takes"
              + " its sockets, and it ends what it has begun. If this one can't serve as that one"
              + " does, that one goes on. Without a running gateway this is a start.")
  private @Nullable String takeOver;

  @Override
  public Integer call() {
    return run(config, strict, takeOver, spec.commandLine().getErr());
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
        ? run(
            Path.of(arguments[2]),
            false,
            null,
            new PrintWriter(System.err, true, System.err.charset()))
        : null;
  }

  private static int run(Path config, boolean strict, @Nullable String takeOver, PrintWriter err) {
    try {
      Snapshot snapshot =
          strict
              ? SnapshotBuilder.loadAll(config, System.getenv(), Instant.now())
              : SnapshotBuilder.load(config, System.getenv(), Instant.now());
      try (TakeOver other = takeOver == null ? null : other(takeOver, snapshot);
          var logs = Logs.start(snapshot.config().logging())) {
        run(snapshot, new ConfigFile(config, System.getenv()), other, logs);
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

  /** Returns the process to take over from, or null: there is none. */
  private static @Nullable TakeOver other(String socket, Snapshot snapshot) throws IOException {
    if (!socket.isEmpty()) {
      return TakeOver.from(Path.of(socket));
    }
    String offered = UpgradeAnswers.offered(AdminConnection.to(snapshot.config().admin()));
    return offered == null ? null : TakeOver.from(Path.of(offered));
  }

  private static void run(Snapshot snapshot, ConfigFile file, @Nullable TakeOver other, Logs logs)
      throws IOException {
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
    Gateway gateway =
        other == null
            ? Gateway.start(snapshot, file, logs.accessLog(), activated(snapshot))
            : Gateway.takeOver(snapshot, file, logs.accessLog(), other, shutdown::isAsked);
    try (var supervision = gateway.supervise(System.getenv())) {
      gateway
          .handedOver()
          .thenAccept(next -> {
            supervision.handOver(next);
            shutdown.ask();
          });
      reload.complete(() -> supervision.reload(() -> gateway.reloads().begin("SIGHUP")));
      StandardError.discard();
      logs.show(gateway.plane().meters());
      shutdown.await();
      if (!gateway.handedOver().isDone()) {
        supervision.stopping();
      }
      gateway.close();
    }
  }

  private static InheritedSockets activated(Snapshot snapshot) throws IOException {
    return ActivatedSockets.of(
        System.getenv(), ProcessHandle.current().pid(), snapshot.config().listeners());
  }
}
