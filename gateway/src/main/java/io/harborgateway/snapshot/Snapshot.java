package io.harborgateway.snapshot;

import io.harborgateway.announce.AnnouncementPlan;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.Finding;
import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.load.LoadedConfig;
import io.harborgateway.config.values.Durations;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.tls.TicketKeys;
import io.harborgateway.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to run: the configuration, with every file it names read and checked. Immutable. Nothing is
 * bound, dialled or published yet.
 *
 * @param loaded the configuration as read, from which the files can be read again
 * @param config the same, with the instances of all sources except for the catalogue
 * @param tls what may be negotiated with clients
 * @param ticketKeys keys of session tickets that are shared with other nodes
 * @param announcing null if nothing is announced
 * @param warnings what works, but not as well as it looks
 * @param isChecked whether all certificates have been read and checked; see {@link
 *     Certificates#KEPT}
 * @param certificateProblems problems of individual instances, which are not served while the
 *     others are
 * @param refused instances whose certificate can't be used, regardless of the time, and why
 * @param outdated instances whose files have become unusable, so that their previous certificate is
 *     served, and why
 * @param findings what was found of the certificates in memory when they were read
 */
public record Snapshot(
    LoadedConfig loaded,
    GatewayConfig config,
    SourceState sources,
    RouteTable routes,
    Certificates certificates,
    UpstreamFiles upstreamFiles,
    ClientAuths clientAuths,
    TlsSettings tls,
    TicketKeys ticketKeys,
    @Nullable AnnouncementPlan announcing,
    List<Problem> warnings,
    boolean isChecked,
    List<Problem> certificateProblems,
    Map<Instance, String> refused,
    Map<Instance, String> outdated,
    Map<Instance, List<Finding>> findings,
    SourceMap places) {

  /** Used where no registration is configured, and so no time to warn of a certificate's expiry. */
  private static final Duration CERTIFICATE_WARNING =
      Durations.parse(RegistrationConfig.CERTIFICATE_WARNING);

  public CertificateSet certificate(Instance instance) {
    return certificates.of(instance);
  }

  /** Whether the instance is one of this snapshot's. */
  public boolean has(Instance instance) {
    return instance.equals(routes.lookup(instance.host()));
  }

  /**
   * Whether another snapshot has the same certificate for the instance, if that is in memory;
   * otherwise whether it is in the same files.
   */
  public boolean hasSameCertificate(Snapshot other, Instance instance) {
    CertificateSet mine = certificates.kept().get(instance);
    CertificateSet its = other.certificates.kept().get(instance);
    if (mine != null && its != null) {
      return mine.equals(its);
    }
    if (outdated.containsKey(instance) != other.outdated.containsKey(instance)) {
      return false; // one of them has its files' previous content
    }
    return mine == null
        && its == null
        && certificates.place(instance).equals(other.certificates.place(instance))
        && Objects.equals(refused.get(instance), other.refused.get(instance));
  }

  /** Whether the instance's certificate was checked before the start. */
  public boolean isKnown(Instance instance) {
    return certificates.kept().containsKey(instance) || refused.containsKey(instance);
  }

  /** How much validity a certificate must have left for its routes to be announced. */
  public Duration certificateGuard() {
    return certificateGuard(config());
  }

  static Duration certificateGuard(GatewayConfig config) {
    var registration = config.registration();
    return registration == null ? Duration.ZERO : registration.certificateGuard();
  }

  /** How much validity a certificate has left when a warning is logged. */
  public Duration certificateWarning() {
    var registration = config().registration();
    return registration == null ? CERTIFICATE_WARNING : registration.certificateWarning();
  }

  /** Creates a problem with the certificate of the instance with this index in the route table. */
  public Problem problem(int index, String found) {
    return places.problem(index, found);
  }

  /** Returns the folders in which new files may change it. */
  public Set<Path> folders() {
    Set<Path> folders = new HashSet<>();
    if (config().instancesDirectory() != null) {
      folders.add(config().instancesDirectory());
    }
    if (config().certs().directory() != null && routes.instances().size() <= Certificates.KEPT) {
      folders.add(config().certs().directory());
    }
    return folders;
  }

  /** Returns the files read for it, except the configuration's own and those of a catalogue. */
  public Set<Path> files() {
    Set<Path> files = new HashSet<>(upstreamFiles.files());
    files.addAll(config().tls().sessionTicketKeys());
    files.addAll(clientAuths.files());
    for (Instance instance : certificates.kept().keySet()) {
      files.addAll(certificates.place(instance).files());
    }
    refused.keySet().forEach(instance -> files.addAll(certificates.place(instance).files()));
    if (config().catalogue() != null) {
      files.add(config().catalogue().file());
    }
    if (config().registration() != null && config().registration().registrarSettings() != null) {
      files.add(config().registration().registrarSettings());
    }
    return Set.copyOf(files);
  }
}
