package io.harborgateway.snapshot;

import io.harborgateway.announce.AnnouncementPlan;
import io.harborgateway.announce.AnnouncementReader;
import io.harborgateway.certs.CertificateCheck;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.Pem;
import io.harborgateway.certs.Pin;
import io.harborgateway.config.AccessLogConfig;
import io.harborgateway.config.CatalogueConfig;
import io.harborgateway.config.CertificateFilesConfig;
import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.UpstreamTlsConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.load.CatalogueList;
import io.harborgateway.config.load.ConfigLoader;
import io.harborgateway.config.load.LoadedConfig;
import io.harborgateway.config.values.AccessLogFormat;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.logging.LogFile;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.tls.TlsContexts;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Reads the configuration and every file that it names: a snapshot, or all problems. Blocks. */
public final class SnapshotBuilder {

  private final LoadedConfig loaded;
  private final GatewayConfig config;
  private final ConfigSource source;
  private final Instant now;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> certificateProblems = new ArrayList<>();
  private final Map<Instance, String> refused = new HashMap<>();
  private final List<Problem> warnings;
  private int unusableNow;
  private final Map<Instance, CertificateFilesConfig> files = new HashMap<>();
  private final Map<Path, List<X509Certificate>> authorities = new HashMap<>();

  /** What each instance had before, by its GUID. */
  private final Map<InstanceGuid, Before> predecessors = new HashMap<>();

  private final Map<Instance, String> outdated = new HashMap<>();

  /** Whether another configuration runs, of whose instances all is known. */
  private final boolean follows;

  private record Before(@Nullable InstanceCertificate certificate, CertificateFilesConfig files) {}

  private SnapshotBuilder(LoadedConfig loaded, @Nullable Snapshot previous, Instant now) {
    this.loaded = loaded;
    this.config = loaded.config();
    this.source = loaded.source();
    this.now = now;
    this.warnings = new ArrayList<>(loaded.warnings());
    this.follows = previous != null && previous.isChecked();
    if (previous != null) {
      for (Instance instance : previous.routes().instances()) {
        if (previous.isKnown(instance)) {
          predecessors.put(
              instance.guid(),
              new Before(
                  previous.certificates().kept().get(instance),
                  previous.certificates().files(instance)));
        }
      }
    }
  }

  /**
   * Loads and checks the configuration. Of more than {@link Certificates#KEPT} instances the
   * certificates are not looked at: see {@code control.CertificateSurvey}. Of fewer, an instance
   * whose certificate can't be used is left for the snapshot to name.
   *
   * @throws ConfigException with every problem that was found, if one is not of a single instance's
   *     certificate, or if they leave nothing that could be served
   */
  public static Snapshot load(Path file, Map<String, String> environment, Instant now)
      throws ConfigException {
    return new SnapshotBuilder(ConfigLoader.load(file, environment), null, now).read(false);
  }

  /**
   * The same, but the certificates are checked, however many there are, each is proven by
   * handshakes, and a problem with one is a problem of all.
   */
  public static Snapshot loadAll(Path file, Map<String, String> environment, Instant now)
      throws ConfigException {
    return new SnapshotBuilder(ConfigLoader.load(file, environment), null, now).read(true);
  }

  /**
   * Loads and checks the configuration that is to follow another while it runs. What is new or has
   * changed must be good, as for {@code check}. An instance whose files have become unusable keeps
   * the certificate that it has ({@link Snapshot#outdated}); one that had a problem may have it
   * still.
   *
   * @throws ConfigException with every problem that was found
   */
  public static Snapshot reload(
      Path file, Map<String, String> environment, Snapshot previous, Instant now)
      throws ConfigException {
    return new SnapshotBuilder(ConfigLoader.load(file, environment), previous, now).read(false);
  }

  /**
   * Reads the files again that the configuration names, but not the configuration itself.
   *
   * @throws ConfigException with every problem that was found but those of {@link #reload}
   */
  public static Snapshot refresh(Snapshot previous, Instant now) throws ConfigException {
    return new SnapshotBuilder(previous.loaded(), previous, now).read(false);
  }

  private Snapshot read(boolean all) throws ConfigException {
    CatalogueConfig catalogue = config.catalogue();
    List<CatalogueList.Entry> entries =
        catalogue == null ? List.of() : CatalogueList.read(catalogue, config.instances());
    List<Instance> instances = new ArrayList<>(config.instances().size() + entries.size());
    for (int i = 0; i < config.instances().size(); i++) {
      instances.add(instance(config.instances().get(i), i));
    }
    entries.forEach(entry -> instances.add(new Instance(entry.guid(), entry.names())));
    for (int i = 0; i < config.listeners().size(); i++) {
      var listener = config.listeners().get(i);
      readUpstreamTls(listener.upstream().tls(), "listeners[" + i + "].upstream.tls");
    }
    checkAccessLog(config.logging().accessLog());
    AnnouncementPlan announcing = new AnnouncementReader(loaded, problems, warnings).read();
    var places = new SourceMap(source, config.instances().size(), catalogue, entries);
    var unread = new Certificates(Map.of(), files, catalogue);
    boolean few = instances.size() <= Certificates.KEPT;
    Map<Instance, InstanceCertificate> kept = new HashMap<>();
    for (int i = 0; (few || all) && i < instances.size(); i++) {
      InstanceCertificate certificate = checked(unread, instances.get(i), places, i, all);
      if (few && certificate != null) {
        kept.put(instances.get(i), certificate);
      }
    }
    boolean served = unusableNow < instances.size() || servesWithoutCertificate(announcing);
    if (!problems.isEmpty() || (!certificateProblems.isEmpty() && (all || !served))) {
      problems.addAll(certificateProblems);
      throw new ConfigException(problems);
    }
    return new Snapshot(
        loaded,
        RouteTable.of(instances),
        new Certificates(kept, files, catalogue),
        Map.copyOf(authorities),
        announcing,
        List.copyOf(warnings),
        few || all,
        List.copyOf(certificateProblems),
        Map.copyOf(refused),
        Map.copyOf(outdated),
        places);
  }

  private boolean servesWithoutCertificate(@Nullable AnnouncementPlan announcing) {
    return config.listeners().stream().anyMatch(l -> l.protocol() != Protocol.HTTPS)
        || (announcing != null && announcing.registrar() != null);
  }

  private Instance instance(InstanceConfig section, int index) {
    var instance = new Instance(section.guid(), section.names());
    files.put(instance, section.certificate());
    for (int i = 0; i < section.upstreams().size(); i++) {
      readUpstreamTls(
          section.upstreams().get(i).upstream().tls(),
          "instances[" + index + "].upstreams[" + i + "].upstream.tls");
    }
    return instance;
  }

  /** Returns the certificate if it can be used, now or at another time; else null. */
  private @Nullable InstanceCertificate checked(
      Certificates certificates, Instance instance, SourceMap places, int index, boolean prove) {
    Before had = predecessors.get(instance.guid());
    List<Problem> reported = isNew(instance, had) ? problems : certificateProblems;
    InstanceCertificate before = usable(had, instance);
    InstanceCertificate certificate;
    List<Finding> found;
    try {
      certificate = certificates.read(instance);
      found = Certificates.problems(certificate, instance, now, Snapshot.certificateGuard(config));
    } catch (CertificateProblem e) {
      String message = String.valueOf(e.getMessage());
      if (before != null) {
        outdated.put(instance, message);
        return before;
      }
      refuse(instance, message);
      reported.add(places.problem(index, message));
      return null;
    }
    Finding unusable = unusable(found);
    if (before != null && !before.equals(certificate)) {
      String reason = unusable != null ? unusable.message() : unproven(certificate, instance);
      if (reason != null) {
        outdated.put(instance, reason);
        return before;
      }
    }
    for (Finding finding : found) {
      reported.add(places.problem(index, finding.message()));
    }
    addWarnings(certificate, places, index);
    String lasting = Certificates.lasting(found);
    if (lasting == null && prove) {
      lasting = unproven(certificate, instance);
      if (lasting != null) {
        certificateProblems.add(places.problem(index, lasting));
      }
    }
    if (lasting != null) {
      refuse(instance, lasting);
      return null;
    }
    if (unusable != null) {
      unusableNow++;
    }
    return certificate;
  }

  /** Whether an instance, or where its certificate is, was not there before; never at a start. */
  private boolean isNew(Instance instance, @Nullable Before had) {
    return follows && (had == null || !had.files().equals(files.get(instance)));
  }

  private static @Nullable Finding unusable(List<Finding> found) {
    return found.stream()
        .filter(finding -> finding.kind() != Finding.Kind.EXPIRES_SOON)
        .findFirst()
        .orElse(null);
  }

  /**
   * Returns what the instance had before, from the same files, if that can be used now; or null.
   */
  private @Nullable InstanceCertificate usable(@Nullable Before had, Instance instance) {
    if (had == null || had.certificate() == null || !had.files().equals(files.get(instance))) {
      return null;
    }
    List<Finding> found =
        Certificates.problems(had.certificate(), instance, now, Snapshot.certificateGuard(config));
    return unusable(found) == null ? had.certificate() : null;
  }

  private void refuse(Instance instance, String problem) {
    refused.put(instance, problem);
    unusableNow++;
  }

  /** Returns why no handshake works with the certificate, or null. */
  private static @Nullable String unproven(InstanceCertificate certificate, Instance instance) {
    try {
      TlsContexts.prove(certificate, instance.hostNames());
      return null;
    } catch (SSLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void addWarnings(InstanceCertificate certificate, SourceMap places, int index) {
    for (Finding hint :
        new CertificateCheck(List.of(), now, Snapshot.certificateGuard(config))
            .hints(certificate)) {
      if (hint.kind() != Finding.Kind.NOT_FOR_RSA_SUITES || isAnnouncedOverTls()) {
        warnings.add(places.problem(index, hint.message()));
      }
    }
  }

  private void checkAccessLog(AccessLogConfig log) {
    if (log.file() == null || log.format() == AccessLogFormat.OFF) {
      return;
    }
    String problem = LogFile.problem(log.file());
    if (problem != null) {
      problems.add(
          source.problem(
              "logging.access-log.file",
              "\"" + log.file() + "\", " + problem,
              "a file that can be appended to, or made"));
    }
  }

  private boolean isAnnouncedOverTls() {
    return config.registration() != null
        && config.listeners().stream().anyMatch(l -> l.protocol() == Protocol.HTTPS);
  }

  private void readUpstreamTls(@Nullable UpstreamTlsConfig tls, String path) {
    if (tls == null) {
      return;
    }
    try {
      if (tls.ca() != null) {
        authorities.put(tls.ca(), Pem.certificates(tls.ca()));
      }
      if (tls.pin() != null) {
        Pin.parse(tls.pin());
      }
    } catch (CertificateProblem e) {
      problems.add(
          source.problem(
              path + (tls.ca() != null ? ".ca" : ".pin"), String.valueOf(e.getMessage()), ""));
    }
  }
}
