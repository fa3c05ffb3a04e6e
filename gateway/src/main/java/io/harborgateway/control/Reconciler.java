package io.harborgateway.control;

import io.harborgateway.announce.WantedRoutes;
import io.harborgateway.announce.state.Presence;
import io.harborgateway.announce.state.Verdict;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.http.KeepAlivePolicy;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.upstream.HealthCheck;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the world sees of this node in line with its state: a port is bound once one of its
 * upstreams answers, and refuses connections when none does any more; a route is announced while
 * its port is bound, its upstream answers, its certificate is good, and the node is not draining.
 * It also switches from one snapshot to the next: see {@link #apply}.
 *
 * <p>Everything is decided on one control thread, whenever one of these changes.
 */
final class Reconciler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
  private static final Duration REBIND_DELAY = Duration.ofSeconds(5);
  private static final Duration CERTIFICATE_INTERVAL = Duration.ofSeconds(10);

  /** Includes waiting for the health scripts of route_registrar's files, if these have changed. */
  private static final Duration APPLY_PATIENCE = Duration.ofSeconds(30);

  private final Live live;
  private final DataPlane plane;
  private final Services factory;
  private final Announcements announcements;
  private final ControlThread control;

  /**
   * Set directly by whoever drains, so that it takes effect even while the control thread is stuck.
   */
  private volatile boolean draining;

  /** Whether another process still has the ports. */
  private volatile boolean waiting;

  /**
   * What happens to connections after a response; set by whoever drains, and again for each new
   * listener.
   */
  private volatile KeepAlivePolicy policy = KeepAlivePolicy.OPEN;

  /**
   * Listeners that have been withdrawn but still accept for a while. Changed only by the control
   * thread.
   */
  private final Set<ListenerService> leaving = new CopyOnWriteArraySet<>();

  /** In the order of the configuration. Replaced only by the control thread. */
  private volatile List<ListenerService> services;

  // Confined to the control thread.
  private final Retries<ListenerService> rebinds;
  private final RouteDecisions decisions;
  private final LeavingNames leavingNames = new LeavingNames();

  /**
   * Creates a reconciler for services that are installed, but neither bound nor checked.
   *
   * @param factory creates services that follow later
   */
  Reconciler(
      Live live,
      DataPlane plane,
      ControlThread control,
      Services factory,
      List<ListenerService> services,
      Announcements announcements) {
    this.live = live;
    this.plane = plane;
    this.control = control;
    this.rebinds = new Retries<>(control, REBIND_DELAY);
    this.factory = factory;
    this.services = List.copyOf(services);
    this.announcements = announcements;
    this.decisions = new RouteDecisions(live, announcements, () -> draining);
    services.forEach(this::install);
    announcements.onOthersChanged(() -> control.execute(this::othersChanged));
    factory.onChange((service, upstream) -> decideAnyway(service));
  }

  private void install(ListenerService service) {
    service.servedElsewhere(
        instance -> announcements.others(service.section(), instance) != Presence.NOBODY);
    service.keep(policy);
  }

  /** Decides; a failure here must not end the health check that calls this. */
  private void decideAnyway(ListenerService service) {
    try {
      decide(service);
    } catch (RuntimeException e) {
      LOG.error("listener {}: deciding about it failed; tried again", service, e);
      rebinds.later(service, () -> decideAnyway(service));
    }
  }

  /** Returns the upstreams of all listeners. For any thread. */
  List<CheckedUpstream> upstreams() {
    List<CheckedUpstream> all = new ArrayList<>();
    services.forEach(service -> all.addAll(service.upstreams().members().all()));
    return all;
  }

  /**
   * Begins to check the upstreams and returns: each port is bound when one of its upstreams
   * answers, whatever the others do.
   *
   * @throws IOException if a port could not be bound; then no upstream is checked
   */
  void open() throws IOException {
    for (ListenerService service : services) {
      service.tryAddress(plane);
    }
    upstreams().forEach(CheckedUpstream::start);
    control.repeat("looking at the certificates", this::lookAtCertificates, CERTIFICATE_INTERVAL);
  }

  /**
   * Completes when every upstream has been checked once, and the ports of those that answer are
   * bound.
   */
  CompletableFuture<Void> firstResults() {
    return firstResults(upstreams());
  }

  static CompletableFuture<Void> firstResults(List<CheckedUpstream> upstreams) {
    var results = upstreams.stream().map(CheckedUpstream::check).map(HealthCheck::firstResult);
    return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new));
  }

  /**
   * Whether connections may still arrive: a port is bound, or routers are being told of a
   * withdrawal.
   */
  boolean isReachable() {
    return announcements.isWithdrawing() || services.stream().anyMatch(ListenerService::isBound);
  }

  // ---- one snapshot follows another

  /**
   * Puts a prepared snapshot into force: one switch for what connections and requests read, then
   * listeners, checks and announcements follow. Names and listeners that it no longer has are
   * withdrawn now, and end when routers have had time to learn of it.
   *
   * @param leave how long removed names and listeners keep working
   * @return false if the control thread had no time for it: then nothing has changed, and nothing
   *     will
   */
  boolean apply(Prepared next, Duration leave) {
    return control.runOrDrop(
        "applying the configuration", () -> applyNow(next, leave), APPLY_PATIENCE);
  }

  private void applyNow(Prepared next, Duration leave) {
    Live.State before = live.get();
    long now = System.nanoTime();
    leavingNames.forget(next.snapshot(), now);
    leavingNames.add(next.left(), before.snapshot(), now + leave.toNanos());
    next.contexts().forEach(factory.contexts()::put);
    live.publish(next.state(before, leavingNames));
    if (!next.snapshot().tls().equals(before.snapshot().tls())) {
      factory.contexts().retainCurrent();
    }
    if (!next.snapshot().ticketKeys().equals(before.snapshot().ticketKeys())) {
      factory.contexts().useTicketKeys();
    }
    next.contexts().keySet().forEach(factory.contexts()::renewDemanding);
    plane.use(before.snapshot().config(), next.snapshot().config());
    List<ListenerService> gone = switchListeners(next);
    announceAnyway(next.snapshot());
    services.forEach(this::decideAnyway);
    if (leave.isZero()) {
      settle(gone);
    } else {
      control.schedule(() -> settle(gone), leave.toMillis() + 1, TimeUnit.MILLISECONDS);
    }
  }

  /** Updates the announcements; a failure here must not keep the listeners from following. */
  private void announceAnyway(Snapshot next) {
    try {
      announcements.apply(next);
    } catch (RuntimeException e) {
      LOG.error("the announcements do not follow the configuration", e);
    }
  }

  /** Returns the listeners that no longer exist. */
  private List<ListenerService> switchListeners(Prepared next) {
    List<ListenerService> gone = new ArrayList<>(services);
    for (Prepared.Service prepared : next.services()) {
      ListenerService same = prepared.same();
      if (same != null) {
        factory.use(same, prepared, next.snapshot());
        gone.remove(same);
      }
    }
    gone.forEach(this::leave);
    List<ListenerService> now = new ArrayList<>();
    for (Prepared.Service prepared : next.services()) {
      ListenerService same = prepared.same();
      if (same == null) {
        closeOverlapping(prepared.section());
        same = factory.install(prepared, next.snapshot());
        install(same);
      }
      now.add(same);
    }
    services = List.copyOf(now);
    return gone;
  }

  /** Retires a listener. Its announcements are withdrawn at once; it accepts until routers know. */
  private void leave(ListenerService service) {
    leaving.add(service);
    decisions.forget(service);
    factory.hide(service);
  }

  private void closeOverlapping(ListenerConfig section) {
    for (ListenerService service : leaving) {
      if (ListenerService.overlap(service.section(), section)) {
        service.close("its port has another listener");
      }
    }
  }

  private void settle(List<ListenerService> gone) {
    gone.forEach(service -> {
      if (leaving.remove(service)) {
        service.close("removed");
        service.keep(KeepAlivePolicy.NONE);
        service.closeIdle(plane, instance -> true, true);
        factory.retire(service);
      }
    });
    leavingNames.forget(live.snapshot(), System.nanoTime());
    Live.State state = live.get();
    live.publish(
        new Live.State(
            state.generation(),
            state.since(),
            state.snapshot(),
            leavingNames.routes(state.snapshot()),
            state.certificates(),
            leavingNames.instances()));
    factory.contexts().retain(live.get()::has);
    factory.contexts().retainDemanding(live.get().clientAuths());
    forgetGone();
  }

  /**
   * Ends what belongs to instances that are gone. An instance that only changed its names keeps its
   * connections.
   */
  private void forgetGone() {
    Set<InstanceGuid> present = new HashSet<>();
    instances().forEach(instance -> present.add(instance.guid()));
    live.get().leaving().keySet().forEach(instance -> present.add(instance.guid()));
    for (ListenerService service : services) {
      factory.useOnly(service, present);
      service.closeIdle(plane, instance -> !present.contains(instance.guid()), false);
    }
  }

  // ---- decisions follow the state

  private void bindOrClose(ListenerService service) throws IOException {
    boolean answers = service.upstreams().takesAny();
    if (service.isBound()) {
      if (!answers && service.closesWhenDown()) {
        service.close("closed: its upstream does not answer");
      }
    } else if (answers) {
      service.bind(plane);
    } else {
      service.isBound(false, "waits for its upstream");
    }
  }

  /** Decides anew after a change. On the control thread. */
  private void decide(ListenerService service) {
    if (!services.contains(service)) {
      return; // it is leaving, or not in force yet
    }
    decisions.keepOrNot(service);
    if (!draining && !waiting) {
      try {
        bindOrClose(service);
      } catch (IOException e) {
        LOG.error("{}; tried again in {} s", e.getMessage(), rebinds.delay().toSeconds());
        rebinds.later(service, () -> decide(service));
      }
    }
    decisions.announce(service);
    closeUseless(service);
  }

  /** Closes idle connections to what is down: their clients' next requests would be lost. */
  private void closeUseless(ListenerService service) {
    boolean none = !service.upstreams().takesAny();
    service.closeIdle(plane, instance -> !service.upstreams().takes(instance), none);
  }

  /** Another node has come or gone, which matters only to routes that are down here. */
  private void othersChanged() {
    for (ListenerService service : services) {
      if (service.upstreams().members().all().stream().anyMatch(upstream -> !upstream.isUp())) {
        decide(service);
      }
    }
  }

  private List<Instance> instances() {
    return live.snapshot().routes().instances();
  }

  /**
   * Handles a change in what is known about a certificate.
   *
   * @param state the state of the certificate; ignored if it is no longer in force
   * @param index the instance's index in its route table
   */
  void certificateChanged(Live.State state, int index) {
    control.execute(() -> {
      if (live.get().certificates() != state.certificates()) {
        return;
      }
      for (ListenerService service : services) {
        decisions.certificateChanged(service, index);
      }
    });
  }

  private void lookAtCertificates() {
    try {
      if (live.get().certificates().look()) {
        services.forEach(decisions::keepOrNot);
        services.forEach(decisions::announce);
      }
    } catch (RuntimeException e) {
      LOG.error("certificates could not be looked at; tried again", e); // or it would be the last
    }
  }

  // ---- one process follows another

  /** Like {@link #open}, but binds nothing before {@link #begin}. */
  void openLater() throws IOException {
    waiting = true;
    open();
  }

  /** Whether a listener accepts at this address. For any thread. */
  boolean isBound(InetSocketAddress address) {
    return at(Set.of(address)).anyMatch(ListenerService::isBound);
  }

  /** Whether an upstream of a listener with this address answers. For any thread. */
  boolean isAnswering(InetSocketAddress address) {
    return at(Set.of(address)).anyMatch(service -> service.upstreams().takesAny());
  }

  private Stream<ListenerService> at(Set<InetSocketAddress> addresses) {
    return services.stream()
        .filter(service -> addresses.contains(ListenerService.address(service.section())));
  }

  /** Returns the listeners with these addresses whose upstreams are down. For any thread. */
  List<ListenerService> notReady(Set<InetSocketAddress> addresses) {
    return at(addresses).filter(service -> !service.upstreams().takesAny()).toList();
  }

  /**
   * Binds what can be bound, after {@link #openLater}.
   *
   * @param addresses those that must accept now
   * @param announced ids of the routes that the process before this one has announced
   * @throws IOException if an address does not accept
   */
  void begin(Set<InetSocketAddress> addresses, Set<String> announced) throws IOException {
    control.run(
        "accepting",
        () -> {
          services.forEach(service -> presume(service, announced));
          waiting = false;
          services.forEach(this::decide);
          at(addresses).filter(each -> !each.isBound()).forEach(this::bindThoughDown);
        });
    for (ListenerService service : at(addresses).toList()) {
      if (!service.isBound()) {
        throw new IOException("listener %s: %s".formatted(service, service.unboundReason()));
      }
    }
  }

  /** What was announced has certificates that were good, and upstreams that have answered. */
  private void presume(ListenerService service, Set<String> announced) {
    List<Instance> instances = instances();
    for (int i = 0; i < instances.size(); i++) {
      if (announced.contains(WantedRoutes.id(service.name(), instances.get(i)))) {
        live.get().certificates().presume(i);
        service.upstreams().of(instances.get(i)).presumeEverUp();
      }
    }
  }

  /** Some listeners accept even while no upstream answers; this one did. */
  private void bindThoughDown(ListenerService service) {
    if (!service.closesWhenDown()) {
      try {
        service.bind(plane);
      } catch (IOException e) {
        LOG.debug("{}: not bound", service, e); // it is asked for its reason
        return;
      }
      decide(service);
    }
  }

  /**
   * Stops accepting because another process does; nobody is told. Connections that wait stay with
   * the sockets, which are held for the case that it fails. Waits at most a few seconds.
   */
  void release() {
    draining = true;
    control.run(
        "handing over the listeners",
        () -> {
          for (ListenerService service : holding()) {
            service.hold(plane.inherited());
            service.close("handed over");
          }
        });
  }

  // ---- the node drains

  /** Withdraws every route, and binds nothing from here on. Waits at most a few seconds. */
  void withdraw() {
    draining = true;
    control.run(
        "withdrawing the routes",
        () ->
            services.forEach(
                service -> announcements.update(service.section(), Verdict.held("draining"))));
    announcements.withdrawAll("draining");
  }

  /** Closes every listener. Must be called after {@link #withdraw}. Waits at most a few seconds. */
  void closeListeners() {
    control.run(
        "closing the listeners",
        () -> {
          services.forEach(service -> service.close("closed: draining"));
          leaving.forEach(service -> service.close("closed: draining"));
        });
  }

  /** Undoes {@link #withdraw} and {@link #closeListeners}. Waits at most a few seconds. */
  void resume() {
    draining = false;
    control.run(
        "serving again",
        () -> {
          if (!draining) { // in the meantime
            announcements.resume();
            services.forEach(this::decide);
          }
        });
  }

  /** Sets what happens to HTTP connections after their response. For any thread. */
  void keep(KeepAlivePolicy next) {
    policy = next;
    holding().forEach(service -> service.keep(next));
  }

  /** Closes every idle HTTP connection. For any thread. */
  void closeIdle() {
    holding().forEach(service -> service.closeIdle(plane, instance -> true, true));
  }

  /** Returns the listeners, including leaving ones. For any thread. */
  List<ListenerService> holding() {
    List<ListenerService> all = new ArrayList<>(services);
    all.addAll(leaving);
    return all;
  }

  /** Returns the thread on which everything is decided, for the watchdog. */
  Executor control() {
    return control;
  }

  /** For any thread. */
  List<ListenerService> services() {
    return services;
  }

  @Override
  public void close() {
    upstreams().forEach(upstream -> upstream.check().close());
    control.end();
    services.forEach(service -> service.close("closed"));
    leaving.forEach(service -> service.close("closed"));
  }
}
