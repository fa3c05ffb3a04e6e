package io.harborgateway.control;

import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.http.AccessLog;
import io.harborgateway.lifecycle.Readiness;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.tls.InstanceContexts;
import io.harborgateway.tls.TlsContexts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates and ends listeners with their upstreams. */
final class Services {
  /** Notified, on the control thread, that a check of a listener's upstream has a result. */
  interface Observer {
    void changed(ListenerService service, CheckedUpstream upstream);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Services.class);

  /** A new upstream that stays silent for longer is put into force as down. */
  private static final Duration CHECK_LIMIT = Duration.ofSeconds(3);

  private final Live live;
  private final DataPlane plane;
  private final ControlThread control;
  private final Readiness readiness;
  private final TlsContexts contexts;
  private final AccessLog accessLog;

  // Confined to the control thread, except at startup.
  private final Map<CheckedUpstream, ListenerService> owners = new HashMap<>();
  private Observer observer = (service, upstream) -> {};

  Services(
      Live live,
      DataPlane plane,
      ControlThread control,
      Readiness readiness,
      TlsContexts contexts,
      AccessLog accessLog) {
    this.live = live;
    this.plane = plane;
    this.control = control;
    this.readiness = readiness;
    this.contexts = contexts;
    this.accessLog = accessLog;
  }

  void onChange(Observer told) {
    observer = told;
  }

  TlsContexts contexts() {
    return contexts;
  }

  /**
   * Creates all listeners of a snapshot, before anything runs.
   *
   * @throws SSLException if a TLS context of an upstream can't be created
   */
  List<ListenerService> first(Snapshot snapshot) throws SSLException {
    List<ListenerService> services = new ArrayList<>();
    for (ListenerConfig section : snapshot.config().listeners()) {
      var members = UpstreamSet.members(section, snapshot, null, factory(snapshot));
      services.add(install(new Prepared.Service(section, members, null), snapshot));
    }
    return services;
  }

  private UpstreamSet.Factory factory(Snapshot snapshot) {
    List<Instance> instances = snapshot.routes().instances();
    return (label, spec) ->
        CheckedUpstream.create(label, spec, plane, control, instances, this::changed);
  }

  private void changed(CheckedUpstream upstream) {
    ListenerService owner = owners.get(upstream);
    if (owner != null) {
      observer.changed(owner, upstream);
    }
  }

  // ---- preparing, off the control thread

  /**
   * Does everything for a snapshot that takes time. Blocks for at most a few seconds.
   *
   * @param now the listeners in force
   * @param held all listeners that hold a port, including leaving ones
   * @throws IOException if a new address can't be bound, or a new certificate can't be used; then
   *     nothing has changed
   */
  Prepared prepare(Snapshot next, List<ListenerService> now, List<ListenerService> held)
      throws IOException {
    Live.State before = live.get();
    Map<Instance, InstanceContexts> proven = new HashMap<>();
    List<CheckedUpstream> started = new ArrayList<>();
    try {
      List<Prepared.Service> services = new ArrayList<>();
      for (ListenerConfig section : next.config().listeners()) {
        ListenerService same = same(section, now);
        var had = same == null ? null : same.upstreams().members();
        var members = UpstreamSet.members(section, next, had, factory(next));
        members.all().stream()
            .filter(upstream -> had == null || !had.all().contains(upstream))
            .forEach(started::add);
        services.add(new Prepared.Service(section, members, same));
        if (same == null) {
          tryAddress(section, held);
        }
      }
      CertificateWatch watch = before.certificates().next(next);
      prove(next, watch, !next.tls().equals(before.snapshot().tls()), proven);
      started.forEach(CheckedUpstream::start);
      awaitFirstResults(started);
      return new Prepared(
          next, watch, proven, LeavingNames.between(before.snapshot(), next), services, started);
    } catch (IOException | RuntimeException e) {
      started.forEach(upstream -> upstream.retire(readiness, plane));
      proven.values().forEach(InstanceContexts::release);
      throw e;
    }
  }

  /** Cleans up after a snapshot that does not come into force. */
  void discard(Prepared prepared) {
    prepared.started().forEach(upstream -> upstream.retire(readiness, plane));
    prepared.contexts().values().forEach(InstanceContexts::release);
  }

  private static @Nullable ListenerService same(ListenerConfig section, List<ListenerService> now) {
    return now.stream()
        .filter(service -> ListenerService.isSame(service.section(), section))
        .findFirst()
        .orElse(null);
  }

  /**
   * Checks the address of a listener. If one of ours already holds the port, only the address
   * itself can be tried.
   */
  private void tryAddress(ListenerConfig section, List<ListenerService> held) throws IOException {
    boolean isHeld =
        held.stream().anyMatch(service -> ListenerService.overlap(service.section(), section));
    ListenerService.tryAddress(section, isHeld ? 0 : section.port(), plane);
  }

  /**
   * Proves the certificates in memory: others are proven by the survey, one after the other.
   *
   * @param all whether to prove them again that are proven: the TLS settings have changed
   */
  private void prove(
      Snapshot next, CertificateWatch watch, boolean all, Map<Instance, InstanceContexts> proven)
      throws IOException {
    if (next.config().listeners().stream().noneMatch(l -> l.protocol() == Protocol.HTTPS)) {
      return;
    }
    List<Instance> instances = next.routes().instances();
    for (int i = 0; i < instances.size(); i++) {
      Instance instance = instances.get(i);
      var certificate = next.certificates().kept().get(instance);
      if (certificate != null && (all || !watch.isJudged(i))) {
        try {
          proven.put(instance, TlsContexts.proven(certificate, instance.hostNames(), next.tls()));
        } catch (SSLException e) {
          throw new IOException(next.problem(i, String.valueOf(e.getMessage())).toString(), e);
        }
        watch.proven(i, certificate);
      }
    }
  }

  private static void awaitFirstResults(List<CheckedUpstream> started) {
    CompletableFuture<Void> results = Reconciler.firstResults(started);
    try {
      results.get(CHECK_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn("not every new upstream was checked within {}; applied anyway", CHECK_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a check has failed without a result", e);
    }
  }

  // ---- putting into force, on the control thread

  /** Installs a new listener, neither bound nor announced yet. */
  ListenerService install(Prepared.Service prepared, Snapshot snapshot) {
    ListenerConfig section = prepared.section();
    var upstreams = new UpstreamSet(prepared.members());
    ListenerService service =
        section.protocol() == Protocol.TCP
            ? TcpListener.create(section, plane, upstreams)
            : HttpListener.create(section, snapshot, live, plane, upstreams, contexts, accessLog);
    service.install(readiness);
    prepared.members().all().forEach(upstream -> own(upstream, service));
    return service;
  }

  private void own(CheckedUpstream upstream, ListenerService service) {
    owners.put(upstream, service);
    upstream.use(readiness, plane.meters(), service.name());
  }

  /** Gives an existing listener its new settings and upstreams. */
  void use(ListenerService service, Prepared.Service prepared, Snapshot snapshot) {
    List<CheckedUpstream> before = service.upstreams().members().all();
    UpstreamSet.Members members = prepared.members().inUse();
    List<CheckedUpstream> after = members.all();
    service.upstreams().use(members);
    before.stream().filter(upstream -> !after.contains(upstream)).forEach(this::retire);
    after.stream()
        .filter(upstream -> !before.contains(upstream))
        .forEach(upstream -> own(upstream, service));
    members.configure(prepared.section(), snapshot);
    service.use(prepared.section(), snapshot);
  }

  /** Ends the upstreams of instances that are gone. */
  void useOnly(ListenerService service, Set<InstanceGuid> present) {
    UpstreamSet.Members before = service.upstreams().members();
    if (!present.containsAll(before.own().keySet())) {
      UpstreamSet.Members after = before.only(present);
      service.upstreams().use(after);
      before.all().stream()
          .filter(upstream -> !after.all().contains(upstream))
          .forEach(this::retire);
    }
  }

  private void retire(CheckedUpstream upstream) {
    owners.remove(upstream);
    upstream.retire(readiness, plane);
  }

  /** Hides a listener that still accepts: nothing shows it any more, and its name is free. */
  void hide(ListenerService service) {
    service.uninstall(readiness);
    service
        .upstreams()
        .members()
        .all()
        .forEach(upstream -> {
          owners.remove(upstream);
          upstream.hide(readiness);
        });
  }

  /** Retires a closed listener. Its open connections go on. */
  void retire(ListenerService service) {
    service.upstreams().members().all().forEach(this::retire);
    service.meters().close();
  }
}
