package io.harborgateway.registration;

import io.harborgateway.config.Registration;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
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
  /** Between two unregister messages: all of them fit into the drain delay. */
  static final Duration UNREGISTER_PAUSE = Duration.ofSeconds(1);

  /** Up to so many gateways a router that starts can hear them all at once. */
  private static final int SMALL_FLEET = 100;

  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  private final Clock clock = Clock.systemUTC();
  private final Registration registration;
  private final Census census = new Census(clock);
  private final MessageBus bus;
  private final RegistrationMeters meters;
  private final ScheduledThreadPoolExecutor control;

  /** Read by any thread, changed by the control thread, to which what it holds is confined. */
  private final Map<String, TrackedRoute> routes = new ConcurrentHashMap<>();

  private Duration interval; // confined to the control thread, and so is what follows
  private boolean unregistering;
  private @Nullable Future<?> repetition;

  private volatile Duration shownInterval;

  /**
   * @param routes what can be announced; nothing is until {@link #announce}
   * @throws IllegalArgumentException if two routes have one id
   */
  public Announcer(
      Registration registration,
      Origin origin,
      List<RegisteredRoute> routes,
      RegistrationMeters meters) {
    this.registration = registration;
    this.meters = meters;
    this.interval = registration.interval();
    this.shownInterval = interval;
    for (RegisteredRoute route : routes) {
      if (this.routes.put(route.id(), tracked(route)) != null) {
        throw new IllegalArgumentException("route: \"" + route.id() + "\" twice (expected: once)");
      }
    }
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
    perform(this::repeatLater);
  }

  /**
   * The route is to be known from now on. Nothing happens if it is announced already.
   *
   * @throws IllegalArgumentException if no route has this id
   */
  public void announce(String id) {
    TrackedRoute route = require(id);
    perform(() -> {
      route.prove();
      if (route.status().state() == RouteStatus.State.PROVEN) {
        route.tell(bus);
      }
    });
  }

  /**
   * The route is not to be known any more, or not yet.
   *
   * @param reason what holds it back, for people
   * @throws IllegalArgumentException if no route has this id
   */
  public void withdraw(String id, String reason) {
    TrackedRoute route = require(id);
    perform(() -> withdraw(route, reason));
  }

  /** Takes one more route, not announced yet. Nothing happens if one with its id is there. */
  public void add(RegisteredRoute route) {
    routes.putIfAbsent(route.id(), tracked(route));
  }

  /** Withdraws a route and forgets it. Nothing happens if none has this id. */
  public void remove(String id, String reason) {
    TrackedRoute route = routes.get(id);
    if (route != null) {
      perform(() -> {
        withdraw(route, reason);
        forgetLater(route);
      });
    }
  }

  /**
   * Withdraws every route and waits until NATS has it. Called again, it unregisters again.
   *
   * @param reason for people
   * @param timeout how long to wait at most
   * @return false if it is not known that NATS has it: it is away, or did not answer in time
   */
  public boolean withdrawAll(String reason, Duration timeout) {
    if (control.isShutdown()) {
      return false;
    }
    Callable<Boolean> task =
        () -> {
          guarded(
                  () -> {
                    routes.values().forEach(route -> route.disprove(reason));
                    routes.values().forEach(TrackedRoute::tellAgain);
                    unregister();
                  })
              .run();
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
    List<RouteStatus> statuses =
        routes.values().stream()
            .map(TrackedRoute::status)
            .sorted(Comparator.comparing(RouteStatus::id))
            .toList();
    return new AnnouncerStatus(statuses, shownInterval, census.routers(), bus.status());
  }

  /** How many routes are in a state. Never waits. */
  public long count(RouteStatus.State state) {
    return routes.values().stream().filter(route -> route.status().state() == state).count();
  }

  /** Ends publishing and the connection. Unregisters nothing: see {@link #withdrawAll}. */
  @Override
  public void close() {
    control.shutdownNow();
    bus.close();
  }

  private TrackedRoute tracked(RegisteredRoute route) {
    return new TrackedRoute(route, clock, this::moved);
  }

  private void withdraw(TrackedRoute route, String reason) {
    boolean wasWithdrawing = route.isWithdrawing();
    route.disprove(reason);
    if (route.isWithdrawing() && !wasWithdrawing) {
      route.tell(bus);
      unregisterLater();
    }
  }

  /** Tells the routers of all that is being withdrawn, and again later while anything is. */
  private void unregister() {
    routes.values().stream().filter(TrackedRoute::isWithdrawing).forEach(route -> route.tell(bus));
    unregisterLater();
  }

  private void unregisterLater() {
    if (!unregistering && routes.values().stream().anyMatch(TrackedRoute::isWithdrawing)) {
      unregistering = true;
      later(
          () -> {
            unregistering = false;
            unregister();
          },
          UNREGISTER_PAUSE);
    }
  }

  private void forgetLater(TrackedRoute route) {
    if (route.isGone()) {
      routes.remove(route.id(), route);
    } else if (route.isWithdrawing()) {
      later(() -> forgetLater(route), UNREGISTER_PAUSE);
    }
  }

  private void register() {
    for (TrackedRoute route : routes.values()) {
      if (!route.isWithdrawing()) {
        route.tell(bus);
      }
    }
  }

  private void repeatLater() {
    repetition =
        later(
            () -> {
              try {
                register();
              } finally {
                repeatLater();
              }
            },
            interval);
  }

  /** What the routers want may have changed. */
  private void adjustInterval() {
    Duration configured = registration.interval();
    Duration now = census.interval(configured);
    if (!now.equals(interval)) {
      Duration prune = census.pruneThreshold();
      if (prune != null && configured.compareTo(prune) >= 0) {
        log.atWarn()
            .addKeyValue("configured", configured)
            .addKeyValue("pruneThreshold", prune)
            .addKeyValue("used", now)
            .log("registration.interval is longer than routers remember plain routes");
      } else {
        log.atInfo()
            .addKeyValue("configured", configured)
            .addKeyValue("used", now)
            .log("registration.interval is bounded by the routers");
      }
      interval = now;
      shownInterval = now;
      if (repetition != null) {
        repetition.cancel(false); // the one before may be due when the routers have forgotten
        repeatLater();
      }
    }
  }

  private void moved(TrackedRoute route, RouteStatus.State from, RouteStatus now) {
    if (from == now.state()) {
      log.debug("route {} is still {}: {}", route.id(), from, now.reason());
      return;
    }
    log.atInfo()
        .addKeyValue("route", route.id())
        .addKeyValue("from", from)
        .addKeyValue("to", now.state())
        .addKeyValue("reason", now.reason())
        .log("route state changed");
    meters.moved(now.state());
  }

  private void perform(Runnable task) {
    control.execute(guarded(task));
  }

  private Future<?> later(Runnable task, Duration pause) {
    return control.schedule(guarded(task), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** A scheduled task that throws would never run again, and nobody would hear of it. */
  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.error("Announcing failed; it is tried again at the next interval", e);
      }
    };
  }

  private TrackedRoute require(String id) {
    TrackedRoute route = routes.get(id);
    if (route == null) {
      throw new IllegalArgumentException(
          "route: \"%s\" (expected: one of %s)".formatted(id, new TreeSet<>(routes.keySet())));
    }
    return route;
  }

  private final class RouterEvents implements MessageBus.Listener {
    @Override
    public void connected() {
      census.begin();
      // Whatever was said while NATS was away is not known to the routers yet.
      perform(() -> {
        routes.values().forEach(TrackedRoute::tellAgain);
        register();
        unregister();
      });
    }

    @Override
    public void routerStarted(byte[] message) {
      census.heard(message);
      perform(Announcer.this::adjustInterval);
      int fleet = registration.fleetSize();
      if (fleet <= SMALL_FLEET) {
        perform(Announcer.this::register);
      } else {
        later(
            Announcer.this::register,
            Duration.ofMillis(ThreadLocalRandom.current().nextInt(fleet)));
      }
    }

    @Override
    public void routerGreeted(byte[] message) {
      census.heard(message);
      perform(Announcer.this::adjustInterval);
    }
  }
}
