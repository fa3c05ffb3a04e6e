package io.harborgateway.cli;

import io.harborgateway.announce.AnnouncementPlan;
import io.harborgateway.announce.RegistrarMessages;
import io.harborgateway.announce.routeregistrar.RegistrarFiles;
import io.harborgateway.announce.routeregistrar.RegistrarRoute;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.cli.ReloadAnswer.RefusedException;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.UpstreamConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.load.ConfigLoader;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Certificates;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code check}: reads what {@code run} would, and prints what would run, or all that is wrong. */
@Command(
    name = "check",
    description = "Checks the configuration and every file it names, without starting.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--config", required = true, description = "The YAML file.")
  private Path config = Path.of("");

  @Option(
      names = "--probe",
      description =
          "Also asks each upstream once, as a health check would, and prints what it saw. Ends with"
              + " 69 if one can't be used.")
  private boolean probe;

  @Option(
      names = "--against-running",
      paramLabel = "FILE",
      description =
          "The YAML file of a running gateway. Also says what it would change if the file of"
              + " --config, which is in the same folder, took its place.")
  private @Nullable Path running;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      Snapshot snapshot = SnapshotBuilder.loadAll(config, environment(), Instant.now());
      summarize(snapshot, out);
      boolean usable = !probe || UpstreamReport.print(snapshot, out);
      out.flush();
      int compared = running == null ? ExitCode.OK : compare(running);
      return compared != ExitCode.OK ? compared : usable ? ExitCode.OK : ExitCode.UNAVAILABLE;
    } catch (ConfigException e) {
      e.problems().forEach(spec.commandLine().getErr()::println);
      return ExitCode.USAGE;
    } catch (RefusedException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return e.exitCode();
    } catch (IOException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SYSTEM;
    }
  }

  private int compare(Path inPlace) throws ConfigException, IOException, InterruptedException {
    var admin = AdminConnection.to(ConfigLoader.admin(inPlace));
    return ReloadAnswer.ask(admin, inPlace, "&dry-run&file=" + ReloadAnswer.encoded(config))
        .print(spec.commandLine().getOut(), spec.commandLine().getErr());
  }

  private static Map<String, String> environment() {
    return System.getenv();
  }

  private void summarize(Snapshot snapshot, PrintWriter out) {
    snapshot.warnings().forEach(warning -> out.println("warning: " + warning));
    for (ListenerConfig listener : snapshot.config().listeners()) {
      out.printf(
          "listener %s: %s on %s:%d to %s%n",
          listener.name(),
          listener.protocol().name().toLowerCase(Locale.ROOT),
          listener.address(),
          listener.port(),
          upstream(listener.upstream()));
    }
    showInstances(snapshot, out);
    showAnnouncing(snapshot.announcing(), out);
    var admin = snapshot.config().admin();
    if (admin.port() != 0) {
      out.printf("admin: http://%s:%d/status%n", admin.address(), admin.port());
    }
    if (admin.socket() != null) {
      out.printf("admin: unix socket %s%n", admin.socket());
    }
    out.println(config + ": ok");
    out.flush();
  }

  private static void showAnnouncing(@Nullable AnnouncementPlan snapshot, PrintWriter out) {
    if (snapshot == null) {
      out.println("registration: none");
      return;
    }
    var registration = snapshot.registration();
    out.printf(
        "registration: every %d s at %s%n",
        registration.interval().toSeconds(), registration.servers());
    if (snapshot.routingApi() != null) {
      out.printf("routing API: %s%n", snapshot.routingApi().api().url());
    }
    if (snapshot.registrar() != null) {
      showRegistrar(snapshot.registrar(), out);
    }
  }

  /** The files of its globs are not part of the configuration: they come and go while it runs. */
  private static void showRegistrar(RegistrarSettings settings, PrintWriter out) {
    RegistrarFiles.problems(settings).forEach(problem -> out.println("warning: " + problem));
    out.printf("routes of %s:%n", settings.source().file());
    for (RegistrarRoute route : settings.routes()) {
      out.printf(
          "  %s to %s:%d, every %d s%s%n",
          RegistrarMessages.id(route),
          route.host(),
          RegistrarMessages.port(route),
          RegistrarMessages.interval(route.registrationInterval()).toSeconds(),
          route.check() == null ? "" : ", while " + route.check().name() + " succeeds");
    }
    settings.dynamicConfigGlobs().forEach(glob -> out.println("  and those of " + glob));
  }

  private static void showInstances(Snapshot snapshot, PrintWriter out) {
    Instant now = Instant.now();
    List<Instance> instances = snapshot.routes().instances();
    if (instances.size() > Certificates.KEPT) {
      out.printf("%d instances, all with certificates in order%n", instances.size());
      return;
    }
    for (Instance instance : instances) {
      out.printf("instance %s:%n", instance);
      instance.names().forEach(name -> out.println("  " + name.value()));
      if (snapshot.refused().containsKey(instance)) {
        out.println("  certificate: none yet, see the warning");
        continue;
      }
      CertificateSet certificates = snapshot.certificate(instance);
      out.printf(
          "  certificate: %s, %d days left%n", certificates.keyTypes(), certificates.daysLeft(now));
    }
  }

  private static String upstream(UpstreamConfig upstream) {
    var tls = upstream.tls();
    String how =
        tls == null
            ? "in the clear"
            : tls.insecure() ? "TLS, not verified" : !tls.pin().isEmpty() ? "TLS, pinned" : "TLS";
    return upstream.address() + " (" + how + ")";
  }
}
