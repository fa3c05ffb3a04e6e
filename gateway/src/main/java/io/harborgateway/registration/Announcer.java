package io.harborgateway.registration;

import io.harborgateway.config.Registration;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the routers' knowledge of this node's routes true: announced ones are registered at once,
 * at each interval, when NATS comes back, and when a router starts; withdrawn ones are
 * unregistered, repeatedly.
 *
 * <p>Which routes are announced is decided by the caller. It may call from any thread, at any time,
 * with NATS there or not: everything is done by one control thread here, in the order of the calls,
 * and none but {@link #withdrawAll} and {@link #close} waits.
 */
public final class Announcer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  private final Clock clock = Clock.systemUTC();
  private final Duration interval;
  private final MessageBus bus;
  private final ScheduledThreadPoolExecutor control;

  /** The map does not change; what it holds is confined to the control thread. */
  private final Map<String, TrackedRoute> routes;

  private volatile List<RouteStatus> statuses;

  /**
   * @param routes what can be announced; nothing is until {@link #announce}
   * @throws IllegalArgumentException if two routes have one id
   */
  public Announcer(
      Registration registration,
      Origin origin,
      List<RegisteredRoute> routes,
      RegistrationMeters meters) {
    this.interval = registration.interval();
    this.routes = tracked(routes);
    this.statuses = currentStatuses();
    this.control =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofVirtual().name("registration").factory(),
            // after close() there is nobody to tell anything
            new ThreadPoolExecutor.DiscardPolicy());
    this.bus =
        new MessageBus(
            registration, "harbor-gateway/" + origin.address(), meters, new RouterEvents());
  }

  /** Begins to connect and to publish. Returns at once; NATS may be away. */
  public void start() {
    bus.start();
    long nanos = interval.toNanos();
    control.scheduleAtFixedRate(guarded(this::repeatAll), nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * The route is to be known from now on. Nothing happens if it is announced already.
   *
   * @throws IllegalArgumentException if no route has this id
   */
  public void announce(String id) {
    TrackedRoute route = require(id);
    perform(() -> {
      if (route.announce(clock.instant())) {
        log.atInfo().addKeyValue("route", id).log("route announced");
        route.register(bus, clock.instant());
      }
    });
  }

  /**
   * The route is not to be known any more. Nothing happens if it is not announced.
   *
   * @throws IllegalArgumentException if no route has this id
   */
  public void withdraw(String id) {
    TrackedRoute route = require(id);
    perform(() -> {
      if (withdrawn(route)) {
        route.unregister(bus);
      }
    });
  }

  /**
   * Withdraws every route and waits until NATS has it. Called again, it unregisters again.
   *
   * @param timeout how long to wait at most
   * @return false if it is not known that NATS has it: it is away, or did not answer in time
   */
  public boolean withdrawAll(Duration timeout) {
    if (control.isShutdown()) {
      return false;
    }
    Callable<Boolean> task =
        () -> {
          guarded(this::unregisterAll).run();
          return bus.flush(timeout);
        };
    Future<Boolean> flushed = control.submit(task);
    try {
      return flushed.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      log.warn("NATS did not confirm the withdrawal within {}", timeout);
      return false;
    } catch (ExecutionException e) {
      log.error("Withdrawing failed", e.getCause());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** How every route and the connection stand now. Never waits. */
  public AnnouncerStatus snapshot() {
    return new AnnouncerStatus(statuses, bus.status());
  }

  /** Ends publishing and the connection. Unregisters nothing: see {@link #withdrawAll}. */
  @Override
  public void close() {
    control.shutdownNow();
    bus.close();
  }

  private void registerAll() {
    routes.values().stream()
        .filter(TrackedRoute::announced)
        .forEach(route -> route.register(bus, clock.instant()));
  }

  private void unregisterDue() {
    routes.values().stream()
        .filter(TrackedRoute::unregistrationDue)
        .forEach(route -> route.unregister(bus));
  }

  private void repeatAll() {
    registerAll();
    unregisterDue();
  }

  private void unregisterAll() {
    routes.values().forEach(this::withdrawn);
    routes.values().forEach(TrackedRoute::repeatUnregistration);
    unregisterDue();
  }

  private boolean withdrawn(TrackedRoute route) {
    boolean changed = route.withdraw();
    if (changed) {
      log.atInfo().addKeyValue("route", route.id()).log("route withdrawn");
    }
    return changed;
  }

  private void perform(Runnable task) {
    control.execute(guarded(task));
  }

  /** A scheduled task that throws would never run again, and nobody would hear of it. */
  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.error("Announcing failed; it is tried again at the next interval", e);
      } finally {
        statuses = currentStatuses();
      }
    };
  }

  private List<RouteStatus> currentStatuses() {
    return routes.values().stream().map(TrackedRoute::status).toList();
  }

  private TrackedRoute require(String id) {
    TrackedRoute route = routes.get(id);
    if (route == null) {
      throw new IllegalArgumentException(
          "route: \"%s\" (expected: one of %s)".formatted(id, routes.keySet()));
    }
    return route;
  }

  private static Map<String, TrackedRoute> tracked(List<RegisteredRoute> routes) {
    Map<String, TrackedRoute> tracked = new LinkedHashMap<>();
    for (RegisteredRoute route : routes) {
      if (tracked.put(route.id(), new TrackedRoute(route)) != null) {
        throw new IllegalArgumentException("route: \"" + route.id() + "\" twice (expected: once)");
      }
    }
    return Collections.unmodifiableMap(tracked);
  }

  private final class RouterEvents implements MessageBus.Listener {
    @Override
    public void connected() {
      // Whatever was withdrawn while NATS was away is not known to the routers yet.
      perform(() -> {
        routes.values().forEach(TrackedRoute::repeatUnregistration);
        repeatAll();
      });
    }

    @Override
    public void routerStarted() {
      perform(Announcer.this::registerAll);
    }
  }
}
