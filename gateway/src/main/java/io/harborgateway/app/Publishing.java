package io.harborgateway.app;

import io.harborgateway.lifecycle.Condition;
import io.harborgateway.lifecycle.Readiness;
import io.harborgateway.route.Instance;
import io.harborgateway.upstream.HealthCheck;
import io.harborgateway.upstream.Upstream;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the world sees of this node true: a port is bound once an upstream of it answers, a
 * route is announced while its port is bound and its upstream answers.
 *
 * <p>Everything is decided on one control thread, whenever a health check changes.
 */
final class Publishing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Publishing.class);
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);
  private static final Duration REBIND_DELAY = Duration.ofSeconds(5);

  private final Plan plan;
  private final DataPlane plane;
  private final Announcing announcing;
  private final Map<Port, Condition> ports = new LinkedHashMap<>();
  private final Map<Upstream, HealthCheck> checks = new LinkedHashMap<>();
  private final ScheduledExecutorService control =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("control").daemon().factory());
  private final Set<Instance> refused = ConcurrentHashMap.newKeySet();
  private boolean opened; // with what it guards confined to the control thread

  Publishing(
      Plan plan,
      DataPlane plane,
      Collection<Port> ports,
      Announcing announcing,
      Readiness readiness) {
    this.plan = plan;
    this.plane = plane;
    this.announcing = announcing;
    for (Port port : ports) {
      this.ports.put(port, readiness.condition("listener " + port.name()));
      for (Upstream upstream : port.upstreams().all()) {
        var condition = readiness.condition("upstream " + port.name() + " " + upstream);
        checks.put(upstream, check(port, upstream, condition));
      }
    }
  }

  private HealthCheck check(Port port, Upstream upstream, Condition condition) {
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
              reconsider(port);
            });
    plane
        .meters()
        .gauge(
            "upstream.up",
            () -> check.isUp() ? 1 : 0,
            "upstream",
            upstream.toString(),
            "listener",
            port.name());
    return check;
  }

  /** Returns the checks by upstream; neither changes. */
  Map<Upstream, HealthCheck> checks() {
    return checks;
  }

  /**
   * Checks every upstream once, then binds the ports of those that answer. Others follow later.
   *
   * @throws IOException when a port can't be bound
   */
  void open() throws IOException {
    checks.values().forEach(HealthCheck::start);
    awaitFirstResults();
    IOException failure = CompletableFuture.supplyAsync(this::bindAll, control).join();
    if (failure != null) {
      throw failure;
    }
  }

  private void awaitFirstResults() {
    // A check connects, then does the TLS handshake, each within the connect timeout.
    Duration longest =
        checks.keySet().stream()
            .map(upstream -> upstream.settings().connectTimeout().multipliedBy(2))
            .max(Duration::compareTo)
            .orElse(Duration.ZERO)
            .plusSeconds(1);
    var results = checks.values().stream().map(HealthCheck::firstResult);
    try {
      CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
          .get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn("not every upstream was checked within {}", longest);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a first result never fails", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the first failure, or null. */
  private @Nullable IOException bindAll() {
    opened = true;
    IOException failure = null;
    for (Port port : ports.keySet()) {
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
    if (port.listener().isBound()) {
      return;
    }
    Condition condition = ports.get(port);
    if (condition == null) {
      throw new IllegalArgumentException(port.name() + ": not one of these ports");
    }
    if (port.upstreams().all().stream().noneMatch(this::isUp)) {
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

  private boolean isUp(Upstream upstream) {
    HealthCheck check = checks.get(upstream);
    return check != null && check.isUp();
  }

  /** An upstream went up or down. On the control thread. */
  private void reconsider(Port port) {
    if (!opened) {
      return;
    }
    try {
      bindIfProven(port);
    } catch (IOException e) {
      LOG.error("{}; tried again in {} s", e.getMessage(), REBIND_DELAY.toSeconds());
      control.schedule(() -> reconsider(port), REBIND_DELAY.toMillis(), TimeUnit.MILLISECONDS);
    }
    announce(port);
  }

  private void announce(Port port) {
    if (!announcing.hasRoutes(port)) {
      return;
    }
    for (Instance instance : plan.routes().instances()) {
      boolean answers = isUp(port.upstreams().of(instance).upstream());
      boolean serves = port.listener().isBound() && answers && !refused.contains(instance);
      announcing.announce(port, instance, serves);
    }
  }

  /** The instance's certificate can't be used: no route of it is announced from now on. */
  void refuse(Instance instance) {
    if (refused.add(instance) && announcing.status() != null) {
      control.execute(
          () -> ports.keySet().forEach(port -> announcing.announce(port, instance, false)));
    }
  }

  /** Withdraws every route, and changes nothing of its own accord from here on. */
  void withdraw() {
    CompletableFuture.runAsync(() -> opened = false, control).join();
    checks.values().forEach(HealthCheck::close);
    announcing.withdrawAll();
  }

  List<Port> ports() {
    return List.copyOf(ports.keySet());
  }

  @Override
  public void close() {
    checks.values().forEach(HealthCheck::close);
    control.shutdownNow();
  }
}
