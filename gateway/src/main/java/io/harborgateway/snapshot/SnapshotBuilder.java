package io.harborgateway.snapshot;

import io.harborgateway.announce.AnnouncementPlan;
import io.harborgateway.announce.AnnouncementReader;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.Finding;
import io.harborgateway.config.AccessLogConfig;
import io.harborgateway.config.AcmeConfig;
import io.harborgateway.config.CatalogueConfig;
import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.IssuerConfig;
import io.harborgateway.config.UpstreamTlsConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.load.CatalogueList;
import io.harborgateway.config.load.ConfigLoader;
import io.harborgateway.config.load.LoadedConfig;
import io.harborgateway.config.load.LoadedInstance;
import io.harborgateway.config.values.AccessLogFormat;
import io.harborgateway.config.values.AcmeChallenge;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.issue.CaIssuer;
import io.harborgateway.issue.Issuer;
import io.harborgateway.issue.acme.AcmeIssuer;
import io.harborgateway.logging.LogFile;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.source.BucketListing;
import io.harborgateway.tls.TicketKeys;
import io.harborgateway.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads the configuration and every file it names; yields a snapshot or all problems. Blocks. */
public final class SnapshotBuilder {

  private final LoadedConfig loaded;
  private final @Nullable Snapshot previous;

  /** Whether only files are read again: a file with a problem keeps its previous content. */
  private final boolean isRefresh;

  private final ConfigSource source;
  private final Instant now;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings;

  /** Problems of sources that keep their previous content. */
  private final List<Problem> sourceProblems = new ArrayList<>();

  /** With the instances of all sources, once they are read. */
  private GatewayConfig config;

  private final Map<Instance, CertificatePlace> certificates = new HashMap<>();
  private final UpstreamFilesReader upstreamFiles;
  private final @Nullable CertificateFolder folder;
  private final SelfIssued issued;
  private final ClientAuthReader clientAuths;

  /**
   * @param mode what becomes of certificates that are issued
   */
  private SnapshotBuilder(
      LoadedConfig loaded,
      @Nullable Snapshot previous,
      boolean isRefresh,
      SelfIssued.Mode mode,
      Instant now) {
    this.loaded = loaded;
    this.previous = previous;
    this.isRefresh = isRefresh;
    this.config = loaded.config();
    this.source = loaded.source();
    this.now = now;
    this.warnings = new ArrayList<>(loaded.warnings());
    this.upstreamFiles =
        new UpstreamFilesReader(
            previous == null ? null : previous.upstreamFiles(),
            isRefresh,
            now,
            sourceProblems,
            warnings);
    Path directory = config.certs().directory();
    this.folder = directory == null ? null : new CertificateFolder(directory, now);
    this.issued = new SelfIssued(issuer(), mode, now);
    this.clientAuths =
        new ClientAuthReader(
            previous == null ? ClientAuths.NONE : previous.clientAuths(),
            isRefresh,
            now,
            sourceProblems,
            warnings);
  }

  /**
   * Loads and checks the configuration. With more than {@link Certificates#KEPT} instances,
   * certificates are not checked: see {@code control.CertificateSurvey}. With fewer, the snapshot
   * names the instances whose certificate can't be used.
   *
   * @throws ConfigException with every problem found, if one concerns more than a single instance's
   *     certificate, or if nothing remains that could be served
   */
  public static Snapshot load(Path file, Map<String, String> environment, Instant now)
      throws ConfigException {
    return new SnapshotBuilder(
            ConfigLoader.load(file, environment), null, false, SelfIssued.Mode.STORED, now)
        .read(false, null);
  }

  /**
   * Same as {@link #load}, but all certificates are checked and proven by handshakes, however many
   * there are, and a problem with one fails the whole. Nothing is written: certificates that the
   * gateway is to issue are issued into memory.
   */
  public static Snapshot loadAll(Path file, Map<String, String> environment, Instant now)
      throws ConfigException {
    return new SnapshotBuilder(
            ConfigLoader.load(file, environment), null, false, SelfIssued.Mode.REHEARSED, now)
        .read(true, null);
  }

  /**
   * Loads and checks a configuration that follows another at run time. Anything new or changed must
   * be good, as for {@code check}. An instance whose files have become unusable keeps its
   * certificate ({@link Snapshot#outdated}); one that had a problem may still have it.
   *
   * @param isRehearsal whether it is not to come into force, so that nothing is written
   * @param bucket listing of the instances bucket; null: not received yet
   * @throws ConfigException with every problem found
   */
  public static Snapshot reload(
      Path file,
      Map<String, String> environment,
      Snapshot previous,
      boolean isRehearsal,
      @Nullable BucketListing bucket,
      Instant now)
      throws ConfigException {
    LoadedConfig loaded = ConfigLoader.load(file, environment);
    return new SnapshotBuilder(loaded, previous, false, mode(isRehearsal), now).read(false, bucket);
  }

  /**
   * Reads what {@link #reload} has returned again, with a listing that came in the meantime.
   *
   * @param next what it returned, from the same previous snapshot
   * @throws ConfigException with every problem found
   */
  public static Snapshot reloadWith(
      BucketListing bucket, Snapshot next, Snapshot previous, boolean isRehearsal, Instant now)
      throws ConfigException {
    return new SnapshotBuilder(next.loaded(), previous, false, mode(isRehearsal), now)
        .read(false, bucket);
  }

  /**
   * Reads the files that the configuration names again, but not the configuration itself. A source
   * with a problem keeps its previous content ({@link SourceState#problems}).
   *
   * @param bucket as for {@link #reload}
   * @throws ConfigException with every problem because of which nothing changes
   */
  public static Snapshot refresh(Snapshot previous, @Nullable BucketListing bucket, Instant now)
      throws ConfigException {
    return new SnapshotBuilder(previous.loaded(), previous, true, SelfIssued.Mode.STORED, now)
        .read(false, bucket);
  }

  private static SelfIssued.Mode mode(boolean isRehearsal) {
    return isRehearsal ? SelfIssued.Mode.REHEARSED : SelfIssued.Mode.PREPARED;
  }

  private Snapshot read(boolean all, @Nullable BucketListing bucket) throws ConfigException {
    int configured = config.instances().size();
    List<CatalogueList.Entry> entries = catalogued();
    List<Problem> displaced = new ArrayList<>();
    SourceState sources = readSources(entries, bucket, displaced);
    if (!displaced.isEmpty() && isRefresh && previous != null) {
      sourceProblems.addAll(displaced); // only because of the catalogue, which stays as it was
      displaced.clear();
      entries = previous.places().catalogued(previous.routes().instances());
      sources = readSources(entries, bucket, displaced);
    }
    problems.addAll(displaced);
    List<LoadedInstance> contributed =
        sources.inForce().values().stream().map(Contribution::instance).toList();
    List<Instance> instances = instances(contributed, entries);
    for (int i = 0; i < config.listeners().size(); i++) {
      var listener = config.listeners().get(i);
      upstreamFiles.read(
          listener.upstream().tls(), source, "listeners[" + i + "].upstream.tls", problems);
      clientAuths.read(listener.clientAuth(), source, "listeners[" + i + "].client-auth", problems);
    }
    if (!isRefresh) {
      checkAccessLog(config.logging().accessLog());
    }
    TlsSettings tls = new TlsReader(config.tls(), source, problems, warnings).read();
    TicketKeys ticketKeys = ticketKeys();
    AnnouncementPlan announcing = announcing();
    var places =
        new SourceMap(
            source,
            configured,
            contributed.stream().map(LoadedInstance::source).toList(),
            config.catalogue(),
            entries);
    var reader =
        new CertificateReader(
            config,
            new Certificates(Map.of(), certificates, config.catalogue(), issued),
            issued,
            places,
            previous,
            tls,
            now);
    boolean few = instances.size() <= Certificates.KEPT;
    issue(instances, places, few || all, all);
    Map<Instance, CertificateSet> kept = new HashMap<>();
    for (int i = 0; i < instances.size(); i++) {
      Instance instance = instances.get(i);
      if (few || all || reader.isInMemory(instance)) {
        CertificateSet certificate = reader.read(instance, i, all);
        if (certificate != null && (few || reader.isInMemory(instance))) {
          kept.put(instance, certificate);
        }
      }
    }
    issued.retain(instances);
    RouteTable routes = RouteTable.of(instances).withDefault(config.tls().defaultInstance());
    checkDefaultInstance(routes);
    problems.addAll(reader.rejecting());
    warnings.addAll(reader.warnings());
    sourceProblems.addAll(sources.problems());
    boolean served =
        reader.unusableNow() < instances.size() || servesWithoutCertificate(announcing);
    if (!problems.isEmpty()
        || (all && !sourceProblems.isEmpty())
        || (!reader.problems().isEmpty() && (all || !served))) {
      problems.addAll(reader.problems());
      problems.addAll(sourceProblems);
      throw new ConfigException(problems.stream().distinct().toList());
    }
    return new Snapshot(
        loaded,
        config,
        new SourceState(sources.inForce(), sources.bucket(), sourceProblems),
        routes,
        new Certificates(kept, certificates, config.catalogue(), issued),
        upstreamFiles.result(),
        clientAuths.result(),
        tls,
        ticketKeys,
        announcing,
        List.copyOf(warnings),
        few || all,
        List.copyOf(reader.problems()),
        Map.copyOf(reader.refused()),
        Map.copyOf(reader.outdated()),
        Map.copyOf(reader.findings()),
        places);
  }

  private @Nullable Issuer issuer() {
    Issuer made = newIssuer();
    Issuer before = previous == null ? null : previous.certificates().issuer();
    return made != null && before != null && before.isSame(made) ? before : made;
  }

  private @Nullable Issuer newIssuer() {
    IssuerConfig own = config.certs().issuer();
    if (own != null) {
      return new CaIssuer(own);
    }
    AcmeConfig acme = config.certs().acme();
    AcmeChallenge challenge = acme == null ? null : acme.challenge(config.listeners());
    return acme == null || challenge == null ? null : new AcmeIssuer(acme, challenge);
  }

  /**
   * Issues what is missing, unless there is a problem anyway. Of thousands only what this
   * configuration adds or changes, if it is not too much; the others are issued while it runs.
   *
   * @param all whether to look at all
   * @param isStrict whether a CA that can't be used is a problem, needed or not
   */
  private void issue(List<Instance> instances, SourceMap places, boolean all, boolean isStrict) {
    Issuer issuer = issued.issuer();
    if (issuer == null || !problems.isEmpty()) {
      return;
    }
    Issuer before = previous == null ? null : previous.certificates().issuer();
    boolean isNew = previous != null && (before == null || !before.isSame(issuer));
    String problem = isStrict || isNew ? issued.problem() : null;
    if (problem != null) {
      String key = config.certs().issuer() == null ? "certs.acme" : "certs.issuer";
      problems.add(source.problem(key, problem, ""));
      return;
    }
    issued.makeFolder();
    var wanted = new Certificates(Map.of(), certificates, config.catalogue(), issued);
    List<Integer> indexes =
        IntStream.range(0, instances.size())
            .filter(i -> all || isAdded(instances.get(i)))
            .boxed()
            .toList();
    if (!all && indexes.size() > Certificates.KEPT) {
      return;
    }
    for (int index : indexes) {
      Instance instance = instances.get(index);
      issued.issue(instance, wanted.place(instance));
      String failure = issued.failures().get(instance);
      Issuer.Issued rehearsed =
          issued.mode() == SelfIssued.Mode.REHEARSED ? issued.issued().get(instance) : null;
      if (failure != null && !all) { // of thousands nobody else looks before it is in force
        problems.add(places.problem(index, "not issued: " + failure));
      }
      if (rehearsed != null) {
        warnings.add(places.problem(index, "certificate would be issued: " + rehearsed.reason()));
      }
    }
  }

  private boolean isAdded(Instance instance) {
    return previous != null && !previous.has(instance);
  }

  private List<CatalogueList.Entry> catalogued() throws ConfigException {
    CatalogueConfig catalogue = config.catalogue();
    if (catalogue == null) {
      return List.of();
    }
    try {
      return CatalogueList.read(catalogue, config.instances());
    } catch (ConfigException e) {
      if (!isRefresh || previous == null) {
        throw e;
      }
      sourceProblems.addAll(e.problems());
      return previous.places().catalogued(previous.routes().instances());
    }
  }

  private SourceState readSources(
      List<CatalogueList.Entry> entries, @Nullable BucketListing bucket, List<Problem> displaced) {
    if (config.instancesDirectory() == null && config.instancesBucket() == null) {
      return SourceState.NONE;
    }
    SourceState before = previous == null ? SourceState.NONE : previous.sources();
    return new SourceReader(loaded, before, isRefresh)
        .read(bucket, new Claims(config, source, entries), this::unusable, displaced);
  }

  /** Returns what keeps another source's instance from being used in its current version. */
  private List<Problem> unusable(LoadedInstance instance, boolean isServed) {
    List<Problem> found = new ArrayList<>();
    for (int i = 0; i < instance.config().upstreams().size(); i++) {
      UpstreamTlsConfig tls = instance.config().upstreams().get(i).upstream().tls();
      String path = "upstreams[" + i + "].upstream.tls";
      upstreamFiles.read(tls, instance.source(), path, found);
    }
    clientAuths.read(instance.config().clientAuth(), instance.source(), "client-auth", found);
    if (isServed) {
      var served = new Instance(instance.config().guid(), instance.config().names());
      try {
        CertificatePlace place = place(served, instance.config());
        if (found.isEmpty()) {
          issued.issue(served, place);
        }
        if (issued.isAwaited(place)) {
          return found;
        }
        CertificateSet certificate = issued.read(served, place);
        Finding problem =
            Certificates.unusable(
                Certificates.problems(certificate, served, now, Snapshot.certificateGuard(config)));
        if (problem != null) {
          String message = issued.explained(served, problem.message());
          found.add(instance.source().problem("certificate", message, ""));
        }
      } catch (CertificateProblem e) {
        found.add(instance.source().problem("certificate", String.valueOf(e.getMessage()), ""));
      }
    }
    return found;
  }

  /**
   * Returns the instances of the configuration, of other sources, and of the catalogue, in this
   * order.
   */
  private List<Instance> instances(
      List<LoadedInstance> contributed, List<CatalogueList.Entry> entries) {
    List<InstanceConfig> sections = new ArrayList<>(config.instances());
    List<Instance> instances = new ArrayList<>();
    for (int i = 0; i < sections.size(); i++) {
      instances.add(instance(sections.get(i), source, "instances[" + i + "].", problems));
    }
    for (LoadedInstance other : contributed) {
      sections.add(other.config());
      instances.add(instance(other.config(), other.source(), "", sourceProblems));
      warnings.addAll(other.warnings());
    }
    entries.forEach(entry -> instances.add(new Instance(entry.guid(), entry.names())));
    config = contributed.isEmpty() ? config : config.with(sections);
    return instances;
  }

  private @Nullable AnnouncementPlan announcing() {
    List<Problem> found = new ArrayList<>();
    AnnouncementPlan plan = new AnnouncementReader(loaded, found, warnings).read();
    if (!found.isEmpty() && isRefresh && previous != null) {
      sourceProblems.addAll(found);
      return previous.announcing();
    }
    problems.addAll(found);
    return plan;
  }

  /** It may come from another source, later: then it is only warned of. */
  private void checkDefaultInstance(RouteTable routes) {
    InstanceGuid guid = config.tls().defaultInstance();
    if (guid == null || routes.unnamed() != null) {
      return;
    }
    boolean mayCome =
        config.catalogue() != null
            || config.instancesDirectory() != null
            || config.instancesBucket() != null;
    (mayCome ? warnings : problems)
        .add(
            source.problem(
                "tls.default-instance",
                guid + ", which is no instance",
                "the GUID of an instance"));
  }

  /** On a refresh, keys of which a file can't be used stay what they were. */
  private TicketKeys ticketKeys() {
    List<Problem> found = new ArrayList<>();
    TicketKeys keys = TicketKeyFiles.read(config.tls().sessionTicketKeys(), source, found);
    if (!found.isEmpty() && isRefresh && previous != null) {
      sourceProblems.addAll(found);
      return previous.ticketKeys();
    }
    problems.addAll(found);
    return keys;
  }

  private boolean servesWithoutCertificate(@Nullable AnnouncementPlan announcing) {
    return config.listeners().stream().anyMatch(l -> l.protocol() != Protocol.HTTPS)
        || (announcing != null && announcing.registrar() != null);
  }

  private Instance instance(
      InstanceConfig section, ConfigSource written, String prefix, List<Problem> reported) {
    var instance = new Instance(section.guid(), section.names());
    certificates.put(instance, place(instance, section));
    for (int i = 0; i < section.upstreams().size(); i++) {
      upstreamFiles.read(
          section.upstreams().get(i).upstream().tls(),
          written,
          prefix + "upstreams[" + i + "].upstream.tls",
          reported);
    }
    clientAuths.readOwn(
        section.guid(), section.clientAuth(), written, prefix + "client-auth", reported);
    return instance;
  }

  private CertificatePlace place(Instance instance, InstanceConfig section) {
    if (section.certificate() != null) {
      return new CertificatePlace.Named(section.certificate(), section.alternativeCertificate());
    }
    Issuer issuer = issued.issuer();
    if (folder == null) {
      if (issuer == null) {
        throw new IllegalStateException(instance + ": neither certificate nor certs");
      }
      return new CertificatePlace.Issued(issuer.pair(instance.guid()), null);
    }
    CertificatePlace.ByGuid byGuid = folder.byGuid(instance);
    CertificatePlace byName = byGuid.exists() ? null : folder.byName(instance);
    return byName != null
        ? byName
        : issuer == null
            ? byGuid
            : new CertificatePlace.Issued(issuer.pair(instance.guid()), byGuid);
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
}
