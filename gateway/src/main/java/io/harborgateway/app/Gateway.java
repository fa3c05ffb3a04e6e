package io.harborgateway.app;

import io.harborgateway.admin.AdminServer;
import io.harborgateway.admin.AdminSources;
import io.harborgateway.http.AccessLog;
import io.harborgateway.lifecycle.Condition;
import io.harborgateway.lifecycle.Drain;
import io.harborgateway.lifecycle.Readiness;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import io.harborgateway.tls.TlsContexts;
import io.harborgateway.upstream.HealthCheck;
import io.harborgateway.upstream.Upstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running gateway: the wiring of all parts, and the order in which they start and stop.
 *
 * <p>Start: upstreams are checked, the listeners of those that answer are bound, and their routes
 * announced; a listener whose upstream is silent opens when it answers. Stop: not ready, withdraw,
 * go on accepting for the drain delay, stop accepting, let what is in flight finish, close.
 *
 * <p>What listeners and routes are to do is decided on one control thread.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);
  private static final Duration REBIND_DELAY = Duration.ofSeconds(5);

  private final Plan plan;
  private final Drain drain = new Drain();
  private final Readiness readiness = new Readiness(drain);
  private final DataPlane plane;
  private final Map<String, Port> ports = new LinkedHashMap<>();
  private final Map<Port, Condition> bound = new LinkedHashMap<>();
  private final Map<Upstream, HealthCheck> checks = new LinkedHashMap<>();
  private final Announcing announcing;
  private final AdminServer admin;
  private final ScheduledExecutorService control =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("control").daemon().factory());
  private final CountDownLatch firstChecks;
  private final Instant startedAt = Instant.now();
  private boolean opened; // confined to the control thread
  private boolean stopped;

  private Gateway(Plan plan, AccessLog accessLog) throws IOException {
    this.plan = plan;
    var meters = new Meters();
    plane = DataPlane.of(plan, meters);
    var contexts = new TlsContexts(plan::certificate, Executors.newVirtualThreadPerTaskExecutor());
    for (var section : plan.config().listeners()) {
      Port port = Port.of(section, plan, plane, contexts, accessLog);
      ports.put(port.name(), port);
      bound.put(port, readiness.condition("listener " + port.name()));
      port.upstreams().all().forEach(upstream -> addCheck(port, upstream));
    }
    firstChecks = new CountDownLatch(checks.size());
    announcing = new Announcing(plan, ports, meters);
    showCertificates(meters);
    admin =
        new AdminServer(new AdminSources(readiness, meters::scrape, () -> StatusReport.of(this)));
  }

  /**
   * Starts what is planned and returns when the listeners of all answering upstreams are bound.
   *
   * @throws IOException when a port can't be bound, or this node's address can't be found
   */
  static Gateway start(Plan plan, AccessLog accessLog) throws IOException {
    var gateway = new Gateway(plan, accessLog);
    try {
      gateway.start();
      return gateway;
    } catch (IOException | RuntimeException e) {
      gateway.closeNow();
      throw e;
    }
  }

  private void start() throws IOException {
    var section = plan.config().admin();
    InetSocketAddress adminAddress =
        admin.start(new InetSocketAddress(section.address(), section.port()));
    LOG.atInfo()
        .addKeyValue("transport", plane.transport())
        .addKeyValue("eventLoops", plane.loops().size())
        .addKeyValue("admin", adminAddress)
        .addKeyValue("instances", plan.routes().instances().size())
        .log("gateway starting");
    checks.values().forEach(HealthCheck::start);
    awaitFirstChecks();
    IOException failure = onControl(this::open);
    if (failure != null) {
      throw failure;
    }
    announcing.start();
    LOG.atInfo().addKeyValue("ready", readiness.ready()).log("gateway started");
  }

  private void addCheck(Port port, Upstream upstream) {
    Condition condition = readiness.condition("upstream " + port.name() + " " + upstream);
    var check =
        new HealthCheck(
            upstream,
            plane.connector(),
            plane.loops().getFirst(),
            control,
            CHECK_INTERVAL,
            (changed, up, reason) -> {
              if (up) {
                condition.met();
              } else {
                condition.notMet(reason);
              }
              countFirstCheck();
              reconsider(port);
            });
    checks.put(upstream, check);
    plane
        .meters()
        .gauge(
            "upstream.up",
            () -> check.isUp() ? 1 : 0,
            "upstream",
            upstream.toString(),
            "listener",
            port.name());
  }

  private void countFirstCheck() {
    firstChecks.countDown();
  }

  private void awaitFirstChecks() {
    Duration longest =
        checks.keySet().stream()
            .map(upstream -> upstream.settings().connectTimeout().multipliedBy(2))
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    try {
      if (!firstChecks.await(longest.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("not every upstream was checked within {}", longest);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Binds the listeners whose upstream answers; returns the first failure, or null. */
  private @Nullable IOException open() {
    opened = true;
    IOException failure = null;
    for (Port port : ports.values()) {
      try {
        bindIfProven(port);
      } catch (IOException e) {
        failure = failure == null ? e : failure;
      }
      announce(port);
    }
    return failure;
  }

  private void bindIfProven(Port port) throws IOException {
    Condition condition = condition(port);
    boolean proven = port.upstreams().all().stream().anyMatch(this::isUp);
    if (port.listener().isBound() || stopped) {
      return;
    }
    if (!proven) {
      condition.notMet("waits for its upstream");
      return;
    }
    try {
      port.listener().bind(plane.transport(), plane.eventLoops(), plane.limits(), plane.meters());
      condition.met();
    } catch (IOException e) {
      condition.notMet(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private Condition condition(Port port) {
    return Objects.requireNonNull(bound.get(port));
  }

  private boolean isUp(Upstream upstream) {
    HealthCheck check = checks.get(upstream);
    return check != null && check.isUp();
  }

  /** An upstream went up or down. On the control thread. */
  private void reconsider(Port port) {
    if (!opened || stopped) {
      return;
    }
    try {
      bindIfProven(port);
    } catch (IOException e) {
      LOG.error("{}; tried again in {}", e.getMessage(), REBIND_DELAY);
      control.schedule(() -> reconsider(port), REBIND_DELAY.toMillis(), TimeUnit.MILLISECONDS);
    }
    announce(port);
  }

  /** A route is announced while its listener is bound and its upstream answers. */
  private void announce(Port port) {
    for (Instance instance : plan.routes().instances()) {
      boolean isTrue = port.listener().isBound() && isUp(upstreamOf(port, instance)) && !stopped;
      announcing.announce(port, instance, isTrue);
    }
  }

  private static Upstream upstreamOf(Port port, Instance instance) {
    return port.upstreams().of(instance).upstream();
  }

  private void showCertificates(Meters meters) {
    plan.certificates()
        .forEach((instance, certificate) ->
            meters.gauge(
                "certificate.days.left",
                () -> certificate.daysLeft(Instant.now()),
                "instance",
                instance.guid().value()));
  }

  // ---- what the status shows

  Plan plan() {
    return plan;
  }

  Instant startedAt() {
    return startedAt;
  }

  Readiness readiness() {
    return readiness;
  }

  DataPlane plane() {
    return plane;
  }

  List<Port> ports() {
    return List.copyOf(ports.values());
  }

  Map<Upstream, HealthCheck> checks() {
    return checks;
  }

  Announcing announcing() {
    return announcing;
  }

  /** Returns where the listener of this name accepts. */
  public InetSocketAddress address(String listener) {
    Port port = ports.get(listener);
    if (port == null) {
      throw new IllegalArgumentException(
          "listener: \"" + listener + "\" (expected: one of " + ports.keySet() + ")");
    }
    return port.listener().address();
  }

  // ---- the end

  /** Drains and stops; returns when all is closed. May take up to the configured drain times. */
  @Override
  public void close() {
    if (!drain.begin()) {
      return;
    }
    var node = plan.config().node();
    LOG.atInfo().addKeyValue("open", plane.limits().open()).log("draining: routes withdrawn");
    announcing.withdrawAll();
    onControl(() -> {
      stopped = true;
      return true;
    });
    checks.values().forEach(HealthCheck::close);
    pause(announcing.status() == null ? Duration.ZERO : node.drainDelay());
    ports.values().forEach(port -> port.listener().close());
    ports.values().stream()
        .map(Port::http)
        .filter(Objects::nonNull)
        .forEach(http -> http.drain(plane.loops()));
    awaitConnections(node.drainTimeout());
    closeNow();
    LOG.info("gateway stopped");
  }

  private void awaitConnections(Duration timeout) {
    LOG.atInfo()
        .addKeyValue("open", plane.limits().open())
        .log("draining: listeners closed, waiting for what is in flight");
    try {
      if (!plane.limits().awaitNone(timeout)) {
        LOG.atWarn()
            .addKeyValue("open", plane.limits().open())
            .log("draining: the time is up, closing what is left");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(Duration delay) {
    try {
      TimeUnit.NANOSECONDS.sleep(delay.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeNow() {
    checks.values().forEach(HealthCheck::close);
    ports.values().forEach(port -> port.listener().close());
    announcing.close();
    admin.close();
    control.shutdownNow();
    plane.close();
  }

  private <T extends @Nullable Object> T onControl(Supplier<T> task) {
    try {
      return CompletableFuture.supplyAsync(task, control).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
