package io.harborgateway.demo;

import io.harborgateway.certs.CertificateProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All that stands around the gateway, open, and the configuration that it is to be run with. */
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
   * What the site is like.
   *
   * @param quiet whether standard output is for the checks, and the logs are elsewhere
   * @param natsServer the program; null: looked for, or installed
   */
  public record Settings(DemoPorts ports, boolean quiet, @Nullable Path natsServer) {}

  /**
   * Opens everything for a gateway that is only to do once what it does: NATS is a stand-in, and
   * nobody hears the announcements.
   *
   * @param opened takes what is to be closed, also when this fails
   */
  public static DemoSite openForTraining(Opened opened, DemoPorts ports)
      throws IOException, CertificateProblem {
    NatsStandIn nats = opened.open(NatsStandIn::start);
    return open(opened, ports, true, null, nats.url());
  }

  /**
   * Opens everything and writes the configuration.
   *
   * @param opened takes what is to be closed, also when this fails
   * @param notes told what is missing
   */
  public static DemoSite open(Opened opened, Settings settings, Consumer<String> notes)
      throws IOException, CertificateProblem {
    // Before anything is open: it may take a minute.
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

  /** The configuration file. */
  public Path config() {
    return folder.file("gateway.yml");
  }

  /** Where all files are. */
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

  /** NATS, or null where there is none. */
  @Nullable NatsServer nats() {
    return nats;
  }

  /** What hears the announcements, or null where there is no NATS. */
  @Nullable RegisterListener listener() {
    return listener;
  }
}
