package io.harborgateway.announce.nats;

import io.harborgateway.announce.state.Presence;
import io.harborgateway.announce.state.RouteAnnouncer;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.values.LastNode;
import io.harborgateway.pace.PacedLine;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps the routers' knowledge of this node's routes true: announced ones are registered at once,
 * at each interval, when NATS comes back, and when a router starts; withdrawn ones are
 * unregistered, repeatedly.
 *
 * <p>Everything is done by one control thread here, in the order of the calls.
 */
public final class Announcer implements RouteAnnouncer<RegisteredRoute, AnnouncerStatus> {
  /** Between two unregister messages: all of them fit into the drain delay. */
  static final Duration UNREGISTER_PAUSE = Duration.ofSeconds(1);

  /**
   * Between two answers to routers that start, and between two looks at what routers want: anybody
   * on NATS can ask for either as often as it likes.
   */
  private static final Duration ROUTER_PAUSE = Duration.ofSeconds(1);

  /** Up to so many gateways a router that starts can hear them all at once. */
  private static final int SMALL_FLEET = 100;

  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

  private final Clock clock = Clock.systemUTC();
  private final RegistrationConfig registration;
  private final KnownRouters knownRouters = new KnownRouters(clock);
  private final MessageBus bus;
  private final RegistrationMeters meters;
  private final ScheduledThreadPoolExecutor control;

  /** Asked for by what routers say. */
  private final PacedTask adjusting =
      new PacedTask(this::adjustInterval, ROUTER_PAUSE, this::later, System::nanoTime);

  /** Asked for by other nodes that begin to announce. */
  private final PacedTask introducing =
      new PacedTask(this::introduce, ROUTER_PAUSE, this::later, System::nanoTime);

  private final PacedTask answering =
      new PacedTask(this::register, ROUTER_PAUSE, this::later, System::nanoTime);

  private final PacedLine unreadable = new PacedLine(LOG, Level.WARN);
  private final PacedLine tooLong = new PacedLine(LOG, Level.WARN);
  private final PacedLine bounded = new PacedLine(LOG, Level.INFO);

  /**
   * When the routes of one interval are told of the next time.
   *
   * @param pause the interval within the routers' bounds
   * @param since when they were told the last time, by {@link System#nanoTime}
   */
  private record Round(Duration pause, long since, Future<?> next) {}

  /** Read by any thread, changed by the control thread, to which what it holds is confined. */
  private final Map<String, TrackedRoute> routes = new ConcurrentHashMap<>();

  /**
   * By the intervals at which routes are told of again. Confined to the control thread, as the next
   * two.
   */
  private final Map<Duration, Round> rounds = new HashMap<>();

  private final AnnouncedNames announcedNames = new AnnouncedNames();
  private final PresenceWatch presence;
  private final Set<String> toIntroduce = new HashSet<>();
  private boolean unregistering;
  private int replacements;

  /** The configured one, within the routers' bounds; changed by the control thread. */
  private volatile Duration interval;

  /**
   * @param routes what can be announced; nothing is until {@link #announce}
   * @throws IllegalArgumentException if two routes have one id
   */
  public Announcer(
      RegistrationConfig registration,
      NodeIdentity origin,
      List<RegisteredRoute> routes,
      RegistrationMeters meters) {
    this.registration = registration;
    this.meters = meters;
    this.interval = registration.interval();
    this.control =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofVirtual().name("registration").factory(),
            // after close() there is nobody to tell anything
            new ThreadPoolExecutor.DiscardPolicy());
    this.bus =
        new MessageBus(
            registration,
            "harbor-gateway/" + origin.address(),
            listens(routes.size()),
            meters,
            new RouterEvents());
    this.presence = new PresenceWatch(bus, this::later, () -> interval, this::toIntroduce);
    for (RegisteredRoute route : routes) {
      if (this.routes.put(route.id(), tracked(route)) != null) {
        throw new IllegalArgumentException("route: \"" + route.id() + "\" twice (expected: once)");
      }
    }
  }

  private boolean listens(int routeCount) {
    return registration.lastNode() == LastNode.KEEP
        && (routeCount > 0 || registration.registrarSettings() != null);
  }

  @Override
  public void start() {
    bus.start();
    perform(() -> routes.values().forEach(this::repeatLater));
    if (listens(routes.size())) {
      presence.start();
    }
  }

  @Override
  public void announce(String id) {
    TrackedRoute route = require(id);
    perform(() -> {
      if (route.open()) {
        route.register(bus, announcedNames);
      }
    });
  }

  @Override
  public void keep(String id, String reason) {
    TrackedRoute route = require(id);
    perform(() -> {
      if (route.keep(reason)) {
        LOG.atWarn()
            .addKeyValue("route", route.id())
            .addKeyValue("reason", reason)
            .log(
                "nobody else is known to serve the route's names: it stays announced, and answers 503");
        route.register(bus, announcedNames);
      }
    });
  }

  /**
   * {@inheritDoc} That is not to be known with {@code registration.last-node: withdraw}, and where
   * NATS does not let this user listen.
   */
  @Override
  public Presence presence(String id) {
    TrackedRoute route = routes.get(id);
    return route == null || registration.lastNode() == LastNode.WITHDRAW
        ? Presence.ANOTHER
        : presence.presence(route);
  }

  /**
   * Has a task run by the control thread whenever {@link #presence} may have changed; it must not
   * block. To be called before {@link #start}.
   */
  public void onOthersChanged(Runnable task) {
    presence.onChange(task);
  }

  @Override
  public void withdraw(String id, String reason) {
    TrackedRoute route = require(id);
    perform(() -> withdraw(route, reason));
  }

  @Override
  public void add(RegisteredRoute route) {
    TrackedRoute added =
        routes.compute(
            route.id(),
            (id, known) -> {
              TrackedRoute stays = known == null ? tracked(route) : known;
              stays.leave(false);
              return stays;
            });
    perform(() -> {
      replace(added, route);
      repeatLater(added);
    });
  }

  @Override
  public void replace(RegisteredRoute next) {
    TrackedRoute route = require(next.id());
    perform(() -> replace(route, next));
  }

  @Override
  public void remove(String id, String reason) {
    routes.computeIfPresent(
        id,
        (same, route) -> {
          route.leave(true);
          perform(() -> {
            withdraw(route, reason);
            forgetLater(route);
          });
          return route;
        });
  }

  @Override
  public boolean withdrawAll(String reason, Duration timeout) {
    if (control.isShutdown()) {
      return false;
    }
    Callable<Boolean> task =
        () -> {
          guarded(
                  () -> {
                    routes.values().forEach(route -> route.hold(reason));
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
      LOG.warn("NATS did not confirm the withdrawal within {}", timeout);
      return false;
    } catch (ExecutionException e) {
      LOG.error("Withdrawing failed", e.getCause());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public AnnouncerStatus status() {
    List<RouteStatus> statuses =
        routes.values().stream()
            .map(TrackedRoute::status)
            .sorted(Comparator.comparing(RouteStatus::id))
            .toList();
    return new AnnouncerStatus(statuses, interval, knownRouters.routers(), bus.status());
  }

  /** How many routes are in a state. Never waits. */
  public long count(RouteState state) {
    return routes.values().stream().filter(route -> route.status().state() == state).count();
  }

  @Override
  public void close() {
    control.shutdownNow();
    bus.close();
  }

  private void toIntroduce(Set<String> names) {
    toIntroduce.addAll(names);
    introducing.request(Duration.ZERO);
  }

  /** Another node that has started would not hear of this one before its next interval. */
  private void introduce() {
    for (TrackedRoute route : routes.values()) {
      if (route.names().stream().anyMatch(this::isToIntroduce)) {
        guarded(() -> route.registerForNewcomer(bus, announcedNames)).run();
      }
    }
    toIntroduce.clear();
  }

  private boolean isToIntroduce(String name) {
    return toIntroduce.contains(name.toLowerCase(Locale.ROOT));
  }

  private TrackedRoute tracked(RegisteredRoute route) {
    presence.add(route.message());
    return new TrackedRoute(route, clock, this::moved);
  }

  private void withdraw(TrackedRoute route, String reason) {
    boolean wasWithdrawing = route.isWithdrawing();
    route.hold(reason);
    if (route.isWithdrawing() && !wasWithdrawing) {
      route.unregister(bus, announcedNames);
      unregisterLater();
      presence.withdrawn();
    }
  }

  /**
   * The routers are told of the new names before the old ones are taken back: a name that stays is
   * never gone, and a new one not later than an old one ends.
   */
  private void replace(TrackedRoute route, RegisteredRoute next) {
    if (route.is(next)) {
      return;
    }
    RegistryMessage former = route.message();
    TrackedRoute rest = route.replace(next, next.id() + " (former " + ++replacements + ")");
    RegistryMessage now = route.message();
    LOG.atInfo()
        .addKeyValue("route", route.id())
        .addKeyValue("names", now.names())
        .addKeyValue("former", former.names())
        .log("route replaced");
    if (rest != null) {
      rest.leave(true);
      presence.add(rest.message());
      routes.put(rest.id(), rest);
    }
    presence.replace(route, former, now);
    if (route.status().state().isWanted()) {
      announcedNames.add(now);
      announcedNames.remove(former);
      route.register(bus, announcedNames);
    }
    repeatLater(route);
    if (rest == null) {
      announcedNames.forget(former);
    } else {
      rest.unregister(bus, announcedNames);
      unregisterLater();
      forgetLater(rest);
    }
  }

  /** Tells the routers of all that is being withdrawn, and again later while anything is. */
  private void unregister() {
    routes.values().stream()
        .filter(TrackedRoute::isWithdrawing)
        .forEach(route -> guarded(() -> route.unregister(bus, announcedNames)).run());
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

  /** Until it is gone, or has been added again. */
  private void forgetLater(TrackedRoute route) {
    TrackedRoute known =
        routes.computeIfPresent(
            route.id(),
            (id, found) -> {
              if (!found.isLeaving() || !found.isGone()) {
                return found;
              }
              announcedNames.forget(found.message());
              presence.remove(found.message());
              return null;
            });
    if (known != null && known.isWithdrawing()) {
      later(() -> forgetLater(route), UNREGISTER_PAUSE);
    }
  }

  /** One that can't be told of must not keep the others from it. */
  private void register() {
    routes.values().forEach(route -> guarded(() -> route.register(bus, announcedNames)).run());
  }

  private void repeatLater(TrackedRoute route) {
    if (!rounds.containsKey(interval(route))) {
      nextRound(interval(route), System.nanoTime());
    }
  }

  /** How often it is to be told of, before the routers' bounds. */
  private Duration interval(TrackedRoute route) {
    Duration own = route.interval();
    return own == null ? registration.interval() : own;
  }

  /**
   * All routes of one interval are told of together, until there is none any more.
   *
   * @param since when they were told the last time: what routers say in between may bring the next
   *     time forward or put it off, but not again and again
   */
  private void nextRound(Duration wanted, long since) {
    Duration pause = knownRouters.interval(wanted);
    Runnable round =
        () -> {
          var some = routes.values().stream().filter(r -> interval(r).equals(wanted)).toList();
          if (some.isEmpty()) {
            rounds.remove(wanted);
            return;
          }
          try {
            some.forEach(route -> guarded(() -> route.registerAgain(bus, announcedNames)).run());
          } finally {
            nextRound(wanted, System.nanoTime());
          }
        };
    Duration left = pause.minusNanos(System.nanoTime() - since);
    Future<?> next = later(round, left.isNegative() ? Duration.ZERO : left);
    rounds.put(wanted, new Round(pause, since, next));
  }

  /** What the routers want may have changed. */
  private void adjustInterval() {
    Duration configured = registration.interval();
    Duration now = knownRouters.interval(configured);
    if (!now.equals(interval)) {
      Duration prune = knownRouters.pruneThreshold();
      if (prune != null && configured.compareTo(prune) >= 0) {
        tooLong.log(
            "registration.interval: %s is longer than routers remember plain routes, %s; used: %s"
                .formatted(configured, prune, now));
      } else {
        bounded.log(
            "registration.interval: %s is bounded by the routers; used: %s"
                .formatted(configured, now));
      }
      interval = now;
    }
    Map.copyOf(rounds)
        .forEach((wanted, round) -> {
          if (!round.pause.equals(knownRouters.interval(wanted))) {
            nextRound(wanted, round.since); // the old one may come when routers have forgotten
            round.next.cancel(false);
          }
        });
  }

  private void moved(TrackedRoute route, RouteState from, RouteStatus now) {
    presence.moved(route);
    if (from == now.state()) {
      LOG.debug("route {} is still {}: {}", route.id(), from, now.reason());
      return;
    }
    if (from.isWanted() && !now.state().isWanted()) {
      announcedNames.remove(route.message());
    } else if (!from.isWanted() && now.state().isWanted()) {
      announcedNames.add(route.message());
    }
    LOG.atInfo()
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
        LOG.error("Announcing failed; it is tried again at the next interval", e);
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

  private final class RouterEvents implements MessageBus.Observer {
    @Override
    public void connected() {
      knownRouters.begin();
      // Whatever was said while NATS was away is not known to the routers yet.
      perform(() -> {
        presence.connected();
        routes.values().forEach(TrackedRoute::tellAgain);
        register();
        unregister();
      });
    }

    @Override
    public void routerStarted(byte[] message) {
      take(message);
      int fleet = registration.fleetSize();
      answering.request(
          fleet <= SMALL_FLEET
              ? Duration.ZERO
              : Duration.ofMillis(ThreadLocalRandom.current().nextInt(fleet)));
    }

    @Override
    public void routerGreeted(byte[] message) {
      take(message);
    }

    private void take(byte[] message) {
      try {
        knownRouters.heard(message);
      } catch (IllegalArgumentException e) {
        unreadable.log("A router's message is passed over: " + e.getMessage());
      }
      adjusting.request(Duration.ZERO);
    }
  }
}
