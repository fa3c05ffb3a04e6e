package io.harborgateway.control;

import io.harborgateway.announce.state.Presence;
import io.harborgateway.announce.state.Verdict;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.http.KeepAlivePolicy;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.upstream.HealthCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the world sees of this node true: a port is bound once an upstream of it answers, and
 * refuses when none does any more; a route is announced while its port is bound, its upstream
 * answers, its certificate is good, and the node does not drain. And it is where a snapshot follows
 * another: see {@link #apply}.
 *
 * <p>Everything is decided on one control thread, whenever one of these changes.
 */
final class Reconciler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
  private static final Duration REBIND_DELAY = Duration.ofSeconds(5);
  private static final Duration CERTIFICATE_INTERVAL = Duration.ofSeconds(10);

  /** Health scripts of route_registrar's files are waited for, where these have changed. */
  private static final Duration APPLY_PATIENCE = Duration.ofSeconds(30);

  private final Live live;
  private final DataPlane plane;
  private final Services factory;
  private final Announcements announcements;
  private final ControlThread control;

  /** Set at once by those who drain: it holds also while the control thread is stuck. */
  private volatile boolean draining;

  /** What becomes of connections; set by those who drain, and again for each new listener. */
  private volatile KeepAlivePolicy policy = KeepAlivePolicy.OPEN;

  /** What has been withdrawn, and accepts for a while. Changed by the control thread alone. */
  private final Set<ListenerService> leaving = new CopyOnWriteArraySet<>();

  /** In the order of the configuration. Replaced by the control thread alone. */
  private volatile List<ListenerService> services;

  // Confined to the control thread.
  private final Retries<ListenerService> rebinds;
  private final RouteDecisions decisions;
  private final LeavingNames leavingNames = new LeavingNames();

  /**
   * Creates one for services that are installed, but neither bound nor checked.
   *
   * @param factory of the services, which follow later
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

  /** A failure here must not be that of the check, which would end with it. */
  private void decideAnyway(ListenerService service) {
    try {
      decide(service);
    } catch (RuntimeException e) {
      LOG.error("listener {}: deciding about it failed; tried again", service, e);
      rebinds.later(service, () -> decideAnyway(service));
    }
  }

  /** Returns the checks of all listeners. For any thread. */
  List<CheckedUpstream> upstreams() {
    List<CheckedUpstream> all = new ArrayList<>();
    services.forEach(service -> all.addAll(service.upstreams().members().all()));
    return all;
  }

  /**
   * Begins to check the upstreams, and returns: each port is bound when an upstream of it answers,
   * whatever the others do.
   *
   * @throws IOException when a port could not be bound; no upstream is asked then
   */
  void open() throws IOException {
    for (ListenerService service : services) {
      service.tryAddress(plane.transport());
    }
    upstreams().forEach(CheckedUpstream::start);
    control.repeat("looking at the certificates", this::lookAtCertificates, CERTIFICATE_INTERVAL);
  }

  /**
   * Completes when every upstream was checked once, and the ports of those that answer are bound.
   */
  CompletableFuture<Void> firstResults() {
    return firstResults(upstreams());
  }

  static CompletableFuture<Void> firstResults(List<CheckedUpstream> upstreams) {
    var results = upstreams.stream().map(CheckedUpstream::check).map(HealthCheck::firstResult);
    return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new));
  }

  /** Whether connections may still come: a port is bound, or routers are told of a withdrawal. */
  boolean isReachable() {
    return announcements.isWithdrawing() || services.stream().anyMatch(ListenerService::isBound);
  }

  // ---- one snapshot follows another

  /**
   * Puts a snapshot into force that was prepared: one switch for what connections and requests
   * read, then listeners, checks and announcements follow. Names and listeners that it has no more
   * are withdrawn now, and end when routers have had the time to hear it.
   *
   * @param leave how long that is
   * @return false when the control thread had no time for it: nothing has changed, and nothing will
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

  /** What fails here must not keep listeners from following. */
  private void announceAnyway(Snapshot next) {
    try {
      announcements.apply(next);
    } catch (RuntimeException e) {
      LOG.error("the announcements do not follow the configuration", e);
    }
  }

  /** Returns the listeners that are there no more. */
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

  /** Withdrawn by the announcements at once; accepts until routers know. */
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
    forgetGone();
  }

  /** An instance that is still there, with other names, keeps its connections. */
  private void forgetGone() {
    Set<InstanceGuid> present = new HashSet<>();
    instances().forEach(instance -> present.add(instance.guid()));
    live.get().leaving().keySet().forEach(instance -> present.add(instance.guid()));
    for (ListenerService service : services) {
      factory.useOnly(service, present);
      service.closeIdle(plane, instance -> !present.contains(instance.guid()), false);
    }
  }

  // ---- what is true decides

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

  /** Something has changed. On the control thread. */
  private void decide(ListenerService service) {
    if (!services.contains(service)) {
      return; // it is leaving, or not there yet
    }
    decisions.keepOrNot(service);
    if (!draining) {
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

  /** Clients that keep a connection to what is down would lose their next request on it. */
  private void closeUseless(ListenerService service) {
    boolean none = !service.upstreams().takesAny();
    service.closeIdle(plane, instance -> !service.upstreams().takes(instance), none);
  }

  /** Another node has come or gone, which means something only to those that are down here. */
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
   * What is known of a certificate has changed.
   *
   * @param state whose certificate it is; nothing if another is in force meanwhile
   * @param index of the instance in its route table
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
      LOG.error("certificates could not be looked at; tried again", e); // else it would be the last
    }
  }

  // ---- the node drains

  /** Withdraws every route, and binds nothing from here on. Waits some seconds at most. */
  void withdraw() {
    draining = true;
    control.run(
        "withdrawing the routes",
        () ->
            services.forEach(
                service -> announcements.update(service.section(), Verdict.held("draining"))));
    announcements.withdrawAll("draining");
  }

  /** Closes every listener. To be called after {@link #withdraw}. Waits some seconds at most. */
  void closeListeners() {
    control.run(
        "closing the listeners",
        () -> {
          services.forEach(service -> service.close("closed: draining"));
          leaving.forEach(service -> service.close("closed: draining"));
        });
  }

  /** Undoes {@link #withdraw} and {@link #closeListeners}. Waits some seconds at most. */
  void resume() {
    draining = false;
    control.run(
        "serving again",
        () -> {
          if (!draining) { // since then
            announcements.resume();
            services.forEach(this::decide);
          }
        });
  }

  /** Says what becomes of HTTP connections after their response. For any thread. */
  void keep(KeepAlivePolicy next) {
    policy = next;
    holding().forEach(service -> service.keep(next));
  }

  /** Closes every idle HTTP connection. For any thread. */
  void closeIdle() {
    holding().forEach(service -> service.closeIdle(plane, instance -> true, true));
  }

  /** Returns the listeners, also those that are leaving. For any thread. */
  List<ListenerService> holding() {
    List<ListenerService> all = new ArrayList<>(services);
    all.addAll(leaving);
    return all;
  }

  /** Returns the thread on which all is decided, to be watched. */
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
