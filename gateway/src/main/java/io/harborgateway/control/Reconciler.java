package io.harborgateway.control;

import io.harborgateway.announce.state.Presence;
import io.harborgateway.announce.state.Verdict;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.config.values.WhenDown;
import io.harborgateway.lifecycle.Condition;
import io.harborgateway.lifecycle.Readiness;
import io.harborgateway.route.Instance;
import io.harborgateway.upstream.HealthCheck;
import io.harborgateway.upstream.Upstream;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the world sees of this node true: a port is bound once an upstream of it answers, and
 * refuses when none does any more; a route is announced while its port is bound, its upstream
 * answers, its certificate is good, and the node does not drain.
 *
 * <p>Everything is decided on one control thread, whenever one of these changes.
 */
final class Reconciler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
  private static final Duration REBIND_DELAY = Duration.ofSeconds(5);
  private static final Duration CERTIFICATE_INTERVAL = Duration.ofSeconds(10);

  /** Its tasks take milliseconds; a drain must go on without a control thread that is stuck. */
  private static final Duration CONTROL_PATIENCE = Duration.ofSeconds(5);

  private final Snapshot snapshot;
  private final DataPlane plane;
  private final Announcements announcements;
  private final CertificateWatch certificates;
  private final Map<ListenerService, Condition> ports = new LinkedHashMap<>();
  private final Map<Upstream, HealthCheck> checks = new LinkedHashMap<>();
  private final ControlThread control = new ControlThread(CONTROL_PATIENCE);

  /** Set at once by those who drain: it holds also while the control thread is stuck. */
  private volatile boolean draining;

  // Confined to the control thread.
  private final Retries<ListenerService> rebinds = new Retries<>(control, REBIND_DELAY);
  private final Set<Upstream> proven = new HashSet<>();
  private final Set<ListenerService> keptForFiles = new HashSet<>();

  Reconciler(
      Snapshot snapshot,
      DataPlane plane,
      Collection<ListenerService> ports,
      Announcements announcements,
      CertificateWatch certificates,
      Readiness readiness) {
    this.snapshot = snapshot;
    this.plane = plane;
    this.announcements = announcements;
    this.certificates = certificates;
    for (ListenerService port : ports) {
      this.ports.put(port, readiness.condition("listener " + port.name()));
      if (port.http() != null) {
        port.http().servedElsewhere(i -> announcements.others(port, i) != Presence.NOBODY);
      }
      port.upstreams()
          .all()
          .forEach((upstream, health) -> {
            var condition = readiness.condition("upstream " + port.name() + " " + upstream);
            var settings = HealthChecks.settings(health, upstream, snapshot.routes().instances());
            checks.put(upstream, check(port, upstream, settings, condition));
          });
    }
    announcements.onOthersChanged(() -> control.execute(this::othersChanged));
  }

  private HealthCheck check(
      ListenerService port, Upstream upstream, HealthCheck.Settings settings, Condition condition) {
    plane
        .meters()
        .gauge(
            "upstream.up",
            () -> upstream.isUp() ? 1 : 0,
            "upstream",
            upstream.toString(),
            "listener",
            port.name());
    return new HealthCheck(
        upstream,
        plane.connector(),
        plane.checks().next(),
        control,
        settings,
        (changed, up, reason) -> {
          if (up) {
            proven.add(upstream);
            condition.met();
          } else {
            condition.notMet(reason);
          }
          decideAnyway(port);
        });
  }

  /** A failure here must not be that of the check, which would end with it. */
  private void decideAnyway(ListenerService port) {
    try {
      decide(port);
    } catch (RuntimeException e) {
      LOG.error("listener {}: deciding about it failed; tried again", port.name(), e);
      rebinds.later(port, () -> decideAnyway(port));
    }
  }

  /** Returns the checks by upstream; neither changes. */
  Map<Upstream, HealthCheck> checks() {
    return checks;
  }

  /**
   * Begins to check the upstreams, and returns: each port is bound when an upstream of it answers,
   * whatever the others do.
   *
   * @throws IOException when a port could not be bound; no upstream is asked then
   */
  void open() throws IOException {
    for (ListenerService port : ports.keySet()) {
      port.listener().tryAddress(plane.transport());
    }
    checks.values().forEach(HealthCheck::start);
    control.repeat("looking at the certificates", this::lookAtCertificates, CERTIFICATE_INTERVAL);
  }

  /**
   * Completes when every upstream was checked once, and the ports of those that answer are bound.
   */
  CompletableFuture<Void> firstResults() {
    var results = checks.values().stream().map(HealthCheck::firstResult);
    return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new));
  }

  /** Whether connections may still come: a port is bound, or routers are told of a withdrawal. */
  boolean isReachable() {
    return announcements.isWithdrawing()
        || ports.keySet().stream().anyMatch(port -> port.listener().isBound());
  }

  private Condition condition(ListenerService port) {
    Condition condition = ports.get(port);
    if (condition == null) {
      throw new IllegalArgumentException(port.name() + ": not one of these ports");
    }
    return condition;
  }

  private void bindOrClose(ListenerService port) throws IOException {
    boolean answers = port.upstreams().takesAny();
    if (port.listener().isBound()) {
      if (!answers && closesWhenDown(port)) {
        port.listener().close();
        condition(port).notMet("closed: its upstream does not answer");
      }
      return;
    }
    if (!answers) {
      condition(port).notMet("waits for its upstream");
      return;
    }
    try {
      port.listener().bind(plane.transport(), plane.eventLoops(), plane.limits(), plane.meters());
      condition(port).met();
    } catch (IOException e) {
      condition(port).notMet(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private static boolean closesWhenDown(ListenerService port) {
    WhenDown way = port.section().whenDown();
    return way == WhenDown.CLOSE
        || (way == WhenDown.AUTO && port.section().protocol() != Protocol.HTTPS);
  }

  /** Something has changed. On the control thread. */
  private void decide(ListenerService port) {
    keepOrNot(port);
    if (!draining) {
      try {
        bindOrClose(port);
      } catch (IOException e) {
        LOG.error("{}; tried again in {} s", e.getMessage(), rebinds.delay().toSeconds());
        rebinds.later(port, () -> decide(port));
      }
    }
    announce(port);
    closeUseless(port);
  }

  /** Clients that keep a connection to what is down would lose their next request on it. */
  private void closeUseless(ListenerService port) {
    if (port.http() != null) {
      boolean none = !port.upstreams().takesAny();
      port.http().closeIdle(plane.loops(), instance -> !port.upstreams().takes(instance), none);
    }
  }

  /** Another node has come or gone, which means something only to those that are down here. */
  private void othersChanged() {
    for (ListenerService port : ports.keySet()) {
      if (port.upstreams().all().keySet().stream().anyMatch(upstream -> !upstream.isUp())) {
        decide(port);
      }
    }
  }

  /** Says for each instance whether it stays announced by this node as the last one. */
  private void keepOrNot(ListenerService port) {
    if (port.http() == null) {
      return;
    }
    UpstreamSet upstreams = port.upstreams();
    Upstream fallback = upstreams.fallback().upstream();
    boolean files =
        new LastNodeRule(fallback.isUp(), proven.contains(fallback), draining)
            .keeps(announcements.others(port));
    if (files) {
      keptForFiles.add(port);
    } else {
      keptForFiles.remove(port);
    }
    int count = snapshot.routes().instances().size();
    for (int i = 0; i < count; i++) {
      keepOrNot(port, i);
    }
    dampOrNot(port);
  }

  /** To hold a flapping upstream back is of use only where another node serves meanwhile. */
  private void dampOrNot(ListenerService port) {
    Set<Upstream> kept = port.upstreams().kept();
    for (Upstream upstream : port.upstreams().all().keySet()) {
      check(upstream).damp(!kept.contains(upstream));
    }
  }

  private HealthCheck check(Upstream upstream) {
    return Objects.requireNonNull(checks.get(upstream), "an upstream of these ports");
  }

  private void keepOrNot(ListenerService port, int index) {
    if (port.http() == null) {
      return;
    }
    Instance instance = snapshot.routes().instances().get(index);
    UpstreamSet upstreams = port.upstreams();
    Upstream upstream = upstreams.of(instance).upstream();
    if (upstream.isUp()) {
      upstreams.keep(instance, false);
      return;
    }
    boolean isHeldOtherwise = draining || certificateProblem(port, index) != null;
    boolean kept =
        new LastNodeRule(false, proven.contains(upstream), isHeldOtherwise)
            .keeps(announcements.others(port, instance));
    boolean byFiles =
        keptForFiles.contains(port) && upstream.equals(upstreams.fallback().upstream());
    upstreams.keep(instance, kept || byFiles);
  }

  private void announce(ListenerService port) {
    Verdict held = verdict(port);
    if (keptForFiles.contains(port) && port.listener().isBound()) {
      announcements.keep(port, held);
    } else {
      announcements.update(port, held);
    }
    if (announcements.hasRoutes(port)) {
      int count = snapshot.routes().instances().size();
      for (int i = 0; i < count; i++) {
        announce(port, i);
      }
    }
  }

  /**
   * @param index of the instance in the route table
   */
  private void announce(ListenerService port, int index) {
    Instance instance = snapshot.routes().instances().get(index);
    Verdict verdict = verdict(port, instance, index);
    if (verdict instanceof Verdict.Held(String reason)
        && port.upstreams().keeps(instance)
        && port.listener().isBound()) {
      announcements.keep(port, instance, "last node: " + reason);
    } else {
      announcements.update(port, instance, verdict);
    }
  }

  /** Returns whether the port as a whole may be announced. */
  private Verdict verdict(ListenerService port) {
    Upstream upstream = port.upstreams().fallback().upstream();
    return draining ? Verdict.held("draining") : verdict(port, upstream);
  }

  private Verdict verdict(ListenerService port, Upstream upstream) {
    HealthCheck check = checks.get(upstream);
    if (check != null && !check.isUp()) {
      return Verdict.held("upstream " + upstream + ": " + check.reason());
    }
    return port.listener().isBound()
        ? Verdict.open()
        : Verdict.held("listener " + port.name() + ": " + condition(port).status().reason());
  }

  /** Returns whether the instance's route may be announced. */
  private Verdict verdict(ListenerService port, Instance instance, int index) {
    if (draining) {
      return Verdict.held("draining");
    }
    Verdict upstream = verdict(port, port.upstreams().of(instance).upstream());
    String problem = upstream.isOpen() ? certificateProblem(port, index) : null;
    return problem == null ? upstream : Verdict.held("certificate: " + problem);
  }

  private @Nullable String certificateProblem(ListenerService port, int index) {
    return port.section().protocol() == Protocol.HTTPS ? certificates.problem(index) : null;
  }

  /**
   * What the {@link CertificateWatch} says of an instance has changed.
   *
   * @param index of the instance in the route table
   */
  void certificateChanged(int index) {
    control.execute(() -> {
      for (ListenerService port : ports.keySet()) {
        if (announcements.hasRoutes(port)) {
          keepOrNot(port, index);
          dampOrNot(port);
          announce(port, index);
        }
      }
    });
  }

  private void lookAtCertificates() {
    try {
      if (certificates.look()) {
        ports.keySet().forEach(this::keepOrNot);
        ports.keySet().forEach(this::announce);
      }
    } catch (RuntimeException e) {
      LOG.error("certificates could not be looked at; tried again", e); // else it would be the last
    }
  }

  /** Withdraws every route, and binds nothing from here on. Waits some seconds at most. */
  void withdraw() {
    draining = true;
    control.run(
        "withdrawing the routes",
        () -> ports.keySet().forEach(port -> announcements.update(port, Verdict.held("draining"))));
    announcements.withdrawAll("draining");
  }

  /** Closes every listener. To be called after {@link #withdraw}. Waits some seconds at most. */
  void closeListeners() {
    control.run(
        "closing the listeners",
        () ->
            ports.forEach((port, condition) -> {
              port.listener().close();
              condition.notMet("closed: draining");
            }));
  }

  /** Undoes {@link #withdraw} and {@link #closeListeners}. Waits some seconds at most. */
  void resume() {
    draining = false;
    control.run(
        "serving again",
        () -> {
          if (!draining) { // since then
            announcements.resume();
            ports.keySet().forEach(this::decide);
          }
        });
  }

  /** Returns the thread on which all is decided, to be watched. */
  Executor control() {
    return control;
  }

  List<ListenerService> ports() {
    return List.copyOf(ports.keySet());
  }

  @Override
  public void close() {
    checks.values().forEach(HealthCheck::close);
    control.end();
  }
}
