package io.harborgateway.demo;

import io.harborgateway.certs.CertificateProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The gateway's surroundings, running, and the configuration to run it with. */
public final class DemoSite {
  private final DemoPorts ports;
  private final DemoFolder folder;
  private final DemoCertificates certificates;
  private final HarborStandIn standIn;
  private final @Nullable NatsServer nats;
  private final @Nullable RegisterListener listener;

  private DemoSite(
      DemoPorts ports,
      DemoFolder folder,
      DemoCertificates certificates,
      HarborStandIn standIn,
      @Nullable NatsServer nats,
      @Nullable RegisterListener listener) {
    this.ports = ports;
    this.folder = folder;
    this.certificates = certificates;
    this.standIn = standIn;
    this.nats = nats;
    this.listener = listener;
  }

  /**
   * Settings of the site.
   *
   * @param quiet whether standard output is reserved for the checks, with the logs elsewhere
   * @param natsServer the program; null: find or install it
   */
  public record Settings(DemoPorts ports, boolean quiet, @Nullable Path natsServer) {}

  /**
   * Opens everything for a training run, in which the gateway does everything once: NATS is a
   * stand-in, and nobody hears the announcements.
   *
   * @param opened receives what must be closed, even if this fails
   */
  public static DemoSite openForTraining(Opened opened, DemoPorts ports)
      throws IOException, CertificateProblem {
    NatsStandIn nats = opened.open(NatsStandIn::start);
    return open(opened, ports, true, null, nats.url());
  }

  /**
   * Opens everything and writes the configuration.
   *
   * @param opened receives what must be closed, even if this fails
   * @param notes receives what is missing
   */
  public static DemoSite open(Opened opened, Settings settings, Consumer<String> notes)
      throws IOException, CertificateProblem {
    // Before anything else is opened: it may take a minute.
    Path natsProgram = NatsInstallation.find(settings.natsServer(), notes);
    return open(opened, settings.ports(), settings.quiet(), natsProgram, null);
  }

  private static DemoSite open(
      Opened opened,
      DemoPorts ports,
      boolean quiet,
      @Nullable Path natsProgram,
      @Nullable String natsUrl)
      throws IOException, CertificateProblem {
    DemoFolder folder = opened.open(DemoFolder::create);
    DemoCertificates certificates = DemoCertificates.issue(folder);
    HarborStandIn standIn =
        opened.open(() -> HarborStandIn.start(certificates.nginx(), ports.https()));
    NatsServer nats = null;
    RegisterListener listener = null;
    if (natsProgram != null) {
      NatsServer server =
          opened.open(() -> NatsServer.start(natsProgram, folder.file("nats-server.log")));
      listener = opened.open(() -> RegisterListener.connect(server.url()));
      nats = server;
    }
    var site = new DemoSite(ports, folder, certificates, standIn, nats, listener);
    String url = nats == null ? natsUrl : nats.url();
    Files.writeString(site.config(), DemoConfig.yaml(ports, standIn, url, quiet));
    return site;
  }

  /** The path of the configuration file. */
  public Path config() {
    return folder.file("gateway.yml");
  }

  /** The folder of all files. */
  public Path folder() {
    return folder.path();
  }

  /** The first {@code router.register} that NATS delivered, compact JSON; null: none yet. */
  public @Nullable String announcement() {
    return listener == null ? null : listener.received();
  }

  DemoPorts ports() {
    return ports;
  }

  DemoCertificates certificates() {
    return certificates;
  }

  HarborStandIn standIn() {
    return standIn;
  }

  /** The NATS server, or null if there is none. */
  @Nullable NatsServer nats() {
    return nats;
  }

  /** The listener for announcements, or null without NATS. */
  @Nullable RegisterListener listener() {
    return listener;
  }
}
