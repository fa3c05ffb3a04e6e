package io.harborgateway.control;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.harborgateway.admin.AdminServer;
import io.harborgateway.admin.AdminSources;
import io.harborgateway.config.values.HostName;
import io.harborgateway.http.AccessLog;
import io.harborgateway.lifecycle.Drain;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.lifecycle.ProcessEvent;
import io.harborgateway.lifecycle.Readiness;
import io.harborgateway.metrics.Meters;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.supervise.Supervision;
import io.harborgateway.tls.TlsContexts;
import io.harborgateway.transport.InheritedSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running gateway: the wiring of all parts, and the order in which they start and stop.
 *
 * <p>Start: admin endpoint, then each listener independently: upstream proven, bound, announced.
 * Stop: {@link DrainSequence}, then close.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  /** How long a silent upstream may delay the report that the start is over. */
  private static final Duration START_LIMIT = Duration.ofSeconds(3);

  /**
   * The control thread's tasks take milliseconds; a drain must go on even if that thread is stuck.
   */
  private static final Duration CONTROL_PATIENCE = Duration.ofSeconds(5);

  private final Live live;
  private final Drain drain = new Drain();
  private final NodeEvents events = new NodeEvents();
  private final Readiness readiness = new Readiness(drain, events);
  private final ControlThread control = new ControlThread(CONTROL_PATIENCE);
  private final TlsContexts contexts;
  private final DataPlane plane;
  private final Announcements announcements;
  private final Reconciler reconciler;
  private final DrainSequence draining;
  private final CertificateSurvey survey;
  private final Reloads reloads;
  private final CertificateIssuing issuing;
  private final Watchdog watchdog = new Watchdog();
  private final AdminServer admin;
  private final HandOver handOver;
  private final Upgrade upgrade;
  private final Instant startedAt = Instant.now();

  /** From which this one has taken over, or null; set before the first use. */
  private @Nullable ProcessHandle predecessor;

  private final AtomicBoolean closed = new AtomicBoolean();

  /** True when every upstream has been checked; false when the time for that is up. */
  private final CompletableFuture<Boolean> started = new CompletableFuture<>();

  private Gateway(
      Snapshot snapshot,
      ConfigFile file,
      AccessLog accessLog,
      InheritedSockets inherited,
      UUID process)
      throws IOException {
    live = new Live(snapshot, new CertificateWatch(snapshot, InstantSource.system(), events));
    var meters = new Meters();
    events.subscribe(new NodeEventLog());
    events.subscribe(new NodeEventMeters(meters));
    plane = DataPlane.of(snapshot.config(), inherited, meters);
    contexts =
        new TlsContexts(
            instance -> live.get().certificate(instance),
            () -> live.snapshot().tls(),
            () -> live.snapshot().ticketKeys(),
            Executors.newVirtualThreadPerTaskExecutor());
    var factory = new Services(live, plane, control, readiness, contexts, accessLog);
    List<ListenerService> services = factory.first(snapshot);
    announcements = new Announcements(process, snapshot, meters, events);
    reconciler = new Reconciler(live, plane, control, factory, services, announcements);
    survey = new CertificateSurvey(live, contexts, meters, events, reconciler::certificateChanged);
    draining =
        new DrainSequence(drain, events, reconciler, plane, this::drainDelay, this::drainTimeout);
    var changeover =
        new Changeover(
            live, factory, reconciler, announcements, survey, draining, this::drainDelay);
    issuing =
        new CertificateIssuing(
            live,
            this::outdated,
            new ListenerChallenges(plane.challenges(), contexts.challenges()),
            meters,
            events);
    reloads = new Reloads(file, live, changeover, survey, issuing, draining, meters, events);
    meters.gauge("access.log.dropped", accessLog::dropped);
    Memory.show(meters);
    watch(meters);
    admin =
        new AdminServer(
            new AdminSources(
                readiness,
                meters::scrape,
                () -> StatusReport.of(this),
                () -> EventReport.of(events.recent()),
                this::beginDrain,
                this::undoDrain,
                reloads,
                () -> upgrade().offer(),
                () -> upgrade().perform()),
            snapshot.config().admin().hosts().stream().map(HostName::value).toList(),
            plane.transport());
    handOver = new HandOver(live, plane, reconciler, announcements, draining, admin);
    upgrade = new Upgrade(handOver, file, this::drainTimeout);
  }

  private Set<String> outdated() {
    return reloads.outdated().keySet();
  }

  private Duration drainDelay() {
    return announcements.isOn() ? live.snapshot().config().node().drainDelay() : Duration.ZERO;
  }

  private Duration drainTimeout() {
    return live.snapshot().config().node().drainTimeout();
  }

  /** Starts a gateway that binds all its ports itself; see the other method. */
  public static Gateway start(Snapshot snapshot, ConfigFile file, AccessLog accessLog)
      throws IOException {
    return start(snapshot, file, accessLog, new InheritedSockets());
  }

  /**
   * Starts the snapshot and returns at once: each listener is bound when its upstream answers.
   *
   * @param inherited used instead of binding where there is one of a listener's address; closed at
   *     the end
   * @throws IOException if a port can't be bound, or this node's address can't be determined
   */
  public static Gateway start(
      Snapshot snapshot, ConfigFile file, AccessLog accessLog, InheritedSockets inherited)
      throws IOException {
    var gateway = new Gateway(snapshot, file, accessLog, inherited, UUID.randomUUID());
    try {
      gateway.start();
      return gateway;
    } catch (IOException | RuntimeException e) {
      gateway.closeNow();
      throw e;
    }
  }

  /**
   * Starts the snapshot in place of another process, which ends what it has begun; returns when
   * that one has let go. If this fails, the other one goes on as if nothing had been.
   *
   * @param isEnding whether this process has been told to end meanwhile
   * @throws IOException if this process could not serve all that the other one serves, or the other
   *     one is gone
   */
  public static Gateway takeOver(
      Snapshot snapshot,
      ConfigFile file,
      AccessLog accessLog,
      TakeOver other,
      BooleanSupplier isEnding)
      throws IOException {
    other.check(snapshot);
    var gateway = new Gateway(snapshot, file, accessLog, other.sockets(), other.process());
    gateway.predecessor = other.predecessor();
    try {
      gateway.follow(other, isEnding);
      return gateway;
    } catch (IOException | RuntimeException e) {
      gateway.giveUp(other);
      throw e;
    }
  }

  private void follow(TakeOver other, BooleanSupplier isEnding) throws IOException {
    var succession = new Succession(other, reconciler, announcements, drainDelay(), isEnding);
    succession.mute();
    announcements.connect();
    sayStarting(other.toString());
    watchdog.start();
    survey.survey(live.get());
    reconciler.openLater();
    announcements.start();
    InetSocketAddress at = adminAddress();
    Path socket = live.snapshot().config().admin().socket();
    boolean isSharedPath = socket != null && other.hasAdminSocket(socket);
    boolean isShared = isSharedPath || (at != null && plane.inherited().has(at));
    if (!isShared) {
      admin.start(at, socket, plane.inherited(), false); // before anything can be lost
    }
    succession.prove();
    succession.begin(() -> {
      if (isShared) {
        admin.start(at, socket, plane.inherited(), isSharedPath);
      }
    });
    goOn();
    if (live.snapshot().config().watch()) {
      reloads.begin("the take-over"); // the file may have changed since it was read
    }
  }

  /** Leaves everything to the other process, except for what this one has already accepted. */
  private void giveUp(TakeOver other) throws IOException {
    try {
      announcements.mute();
    } catch (TimeoutException e) {
      LOG.warn("the announcements are busy", e); // they end with this process
    }
    admin.release();
    reconciler.release();
    other.close(); // from now on that one accepts alone
    long open = plane.limits().open();
    if (open > 0) {
      LOG.warn("not taken over; what this process has accepted goes on: {} connections", open);
      draining.handOver();
      draining.await();
    }
    closeNow();
  }

  private @Nullable InetSocketAddress adminAddress() {
    var section = live.snapshot().config().admin();
    return section.port() == 0 ? null : new InetSocketAddress(section.address(), section.port());
  }

  private void sayStarting(String adminEndpoint) {
    events.publish(
        new ProcessEvent.Starting(
            Version.text(),
            plane.transport().toString(),
            plane.loops().size(),
            adminEndpoint,
            live.snapshot().routes().instances().size()));
  }

  private void start() throws IOException {
    announcements
        .connect(); // concurrently with what follows: a route is announced the moment it is proven
    Snapshot snapshot = live.snapshot();
    Path socket = snapshot.config().admin().socket();
    var bound = admin.start(adminAddress(), socket, plane.inherited(), false);
    sayStarting(String.valueOf(bound == null ? socket : bound));
    watchdog.start();
    if (snapshot.isChecked()) {
      survey.survey(live.get()); // while the upstreams are checked
    }
    reconciler.open();
    announcements.start();
    if (!snapshot.isChecked()) {
      survey.survey(live.get());
    }
    goOn();
  }

  /** Begins what goes on for as long as the process lives. */
  private void goOn() {
    Snapshot snapshot = live.snapshot();
    started.thenAccept(this::sayStarted);
    reloads.start();
    issuing.tell(snapshot);
    issuing.start();
    reconciler.firstResults().thenRun(() -> started.complete(true));
    started.completeOnTimeout(false, START_LIMIT.toMillis(), MILLISECONDS);
  }

  private void sayStarted(boolean allChecked) {
    if (!allChecked) {
      LOG.warn("not every upstream was checked within {}: /readyz says which", START_LIMIT);
    }
    events.publish(new ProcessEvent.Started(readiness.ready()));
  }

  /**
   * Waits until every upstream has been checked once, and the listeners of those that answer are
   * bound; at most a few seconds, since an upstream may be silent.
   */
  public void awaitStarted() {
    started.exceptionally(closedBefore -> false).join();
  }

  /** Tells the service manager of this environment how this gateway is, if there is one. */
  public Supervision supervise(Map<String, String> environment) {
    var vitals =
        new NodeVitals(readiness, watchdog, plane, () -> drainDelay().plus(drainTimeout()));
    var supervision = Supervision.of(environment, ProcessHandle.current().pid(), vitals, events);
    started.thenRun(supervision::started);
    return supervision;
  }

  private void watch(Meters meters) {
    watchdog.add("control", reconciler.control(), meters);
    int number = 0;
    for (var loop : plane.loops()) {
      watchdog.add("event loop " + number, loop, meters);
      number++;
    }
  }

  Live live() {
    return live;
  }

  Instant startedAt() {
    return startedAt;
  }

  Readiness readiness() {
    return readiness;
  }

  NodeEvents events() {
    return events;
  }

  public DataPlane plane() {
    return plane;
  }

  Reconciler reconciler() {
    return reconciler;
  }

  CertificateSurvey survey() {
    return survey;
  }

  CertificateIssuing issuing() {
    return issuing;
  }

  Announcements announcements() {
    return announcements;
  }

  /** Returns the address on which the listener of this name accepts. */
  public InetSocketAddress address(String listener) {
    return reconciler.services().stream()
        .filter(service -> service.name().equals(listener))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "listener: \"%s\" (expected: one of %s)"
                    .formatted(listener, reconciler.services())))
        .address();
  }

  TlsContexts contexts() {
    return contexts;
  }

  /** Reloads the configuration; see {@link Reloads}. */
  public Reloads reloads() {
    return reloads;
  }

  DrainSequence draining() {
    return draining;
  }

  private Upgrade upgrade() {
    return upgrade;
  }

  /**
   * Completes with the id of the process that has taken over; then this one is to be {@link
   * #close}d.
   */
  public CompletableFuture<Long> handedOver() {
    return handOver.done();
  }

  private DrainSequence.Status beginDrain() {
    handOver.end();
    draining.begin();
    return draining.status();
  }

  private DrainSequence.Status undoDrain() {
    draining.undo();
    return draining.status();
  }

  /**
   * Drains and stops; returns when everything is closed. May take up to the configured drain times.
   */
  @Override
  public void close() {
    started.cancel(false); // nothing starts any more
    handOver.end();
    draining.stop();
    draining.await();
    awaitPredecessor();
    if (closed.compareAndSet(false, true)) {
      closeNow();
      events.publish(new ProcessEvent.Stopped());
    }
  }

  /** A service manager kills what is left of the unit once its main process has ended. */
  private void awaitPredecessor() {
    ProcessHandle former = predecessor;
    if (former == null || !former.isAlive()) {
      return;
    }
    LOG.info("waits for process {}, which finishes what it had accepted", former.pid());
    former.onExit().completeOnTimeout(former, drainTimeout().toMillis(), MILLISECONDS).join();
  }

  private void closeNow() {
    watchdog.close();
    issuing.close();
    reloads.close();
    survey.close();
    reconciler.close();
    announcements.close();
    admin.close();
    plane.close();
    contexts.close();
  }
}
