package io.harborgateway.announce.nats;

import io.harborgateway.announce.state.Presence;
import io.harborgateway.announce.state.RouteAnnouncer;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.values.LastNode;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.lifecycle.RouteEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the routers up to date about this node's routes. Announced routes are registered at once,
 * at each interval, when NATS comes back, and when a router starts; withdrawn ones are unregistered
 * repeatedly.
 *
 * <p>All work is done on one control thread, in the order of the calls.
 */
public final class Announcer implements RouteAnnouncer<RegisteredRoute, AnnouncerStatus> {
  /** How long retirement waits for a NATS connection, in pauses. */
  private static final int RETIREMENT_PAUSES = 10;

  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

  private final Clock clock = Clock.systemUTC();
  private final KnownRouters knownRouters = new KnownRouters(clock);
  private final NodeEvents events;
  private final AnnouncerThread control = new AnnouncerThread();

  /** Read by any thread, changed by the control thread, to which its values are confined. */
  private final Map<String, TrackedRoute> routes = new ConcurrentHashMap<>();

  private final CurrentBus bus;
  private final PresenceWatch presence;
  private final Rounds rounds;

  // Confined to the control thread, like the next two.
  private final AnnouncedNames announcedNames = new AnnouncedNames();
  private final Withdrawals withdrawals;
  private int replacements;

  private volatile RegistrationConfig registration; // changed by the control thread

  /**
   * @param routes the routes that can be announced; none is before {@link #announce}
   * @param events notified about the routes and NATS
   * @throws IllegalArgumentException if two routes have the same id
   */
  public Announcer(
      RegistrationConfig registration,
      NodeIdentity origin,
      Collection<RegisteredRoute> routes,
      RegistrationMeters meters,
      NodeEvents events) {
    this.registration = registration;
    this.events = events;
    bus =
        new CurrentBus(
            registration,
            listens(registration, !routes.isEmpty()),
            "harbor-gateway/" + origin.address(),
            meters,
            events,
            control,
            new RouterEvents(
                knownRouters,
                control,
                () -> control.execute(this::connected),
                () -> this.registration.fleetSize(),
                this::register,
                this::adjust));
    var introductions =
        new Introductions(
            control,
            this.routes.values(),
            route ->
                AnnouncerThread.guarded(() -> route.registerForNewcomer(bus, announcedNames)).run(),
            RouterEvents.PAUSE);
    rounds =
        new Rounds(
            registration.interval(), control, knownRouters, this.routes.values(), this::again);
    presence = new PresenceWatch(bus, control, rounds::interval, introductions::request);
    withdrawals = new Withdrawals(control, this.routes, bus, announcedNames, presence);
    for (RegisteredRoute route : routes) {
      if (this.routes.put(route.id(), tracked(route)) != null) {
        throw new IllegalArgumentException("route: \"" + route.id() + "\" twice (expected: once)");
      }
    }
  }

  private static boolean listens(RegistrationConfig registration, boolean hasRoutes) {
    return registration.lastNode() == LastNode.KEEP
        && (hasRoutes || registration.registrarSettings() != null);
  }

  @Override
  public void start() {
    control.execute(() -> {
      bus.start();
      routes.values().forEach(rounds::include);
      if (bus.listens()) {
        presence.start();
      }
    });
  }

  /**
   * Switches to another configuration: its servers, user and intervals. The routes stay as they
   * are, and announced ones are registered there once NATS is connected; until then the former
   * connection stays in use. The configuration's {@code routes} are ignored here.
   */
  public void reconfigure(RegistrationConfig next) {
    control.execute(() -> {
      registration = next;
      rounds.configure(next.interval());
      boolean keepsListening = bus.listens() && next.lastNode() == LastNode.KEEP;
      bus.change(next, keepsListening || listens(next, !routes.isEmpty()));
      if (listens(next, !routes.isEmpty())) {
        presence.start();
      }
    });
  }

  @Override
  public void announce(String id) {
    TrackedRoute route = require(id);
    control.execute(() -> {
      if (route.open()) {
        route.register(bus, announcedNames);
      }
    });
  }

  @Override
  public void keep(String id, String reason) {
    TrackedRoute route = require(id);
    control.execute(() -> {
      if (route.keep(reason)) {
        events.publish(new RouteEvent.Kept(route.id(), reason));
        route.register(bus, announcedNames);
      }
    });
  }

  /**
   * {@inheritDoc} Unknown with {@code registration.last-node: withdraw}, and where NATS does not
   * let this user listen.
   */
  @Override
  public Presence presence(String id) {
    TrackedRoute route = routes.get(id);
    return route == null || registration.lastNode() == LastNode.WITHDRAW
        ? Presence.ANOTHER
        : presence.presence(route);
  }

  /**
   * Runs a task on the control thread whenever {@link #presence} may have changed; it must not
   * block. Must be called before {@link #start}.
   */
  public void onOthersChanged(Runnable task) {
    presence.onChange(task);
  }

  @Override
  public void withdraw(String id, String reason) {
    TrackedRoute route = require(id);
    control.execute(() -> withdrawals.withdraw(route, reason));
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
    control.execute(() -> {
      replace(added, route);
      rounds.include(added);
    });
  }

  @Override
  public void replace(RegisteredRoute next) {
    TrackedRoute route = require(next.id());
    control.execute(() -> replace(route, next));
  }

  @Override
  public void remove(String id, String reason) {
    routes.computeIfPresent(
        id,
        (same, route) -> {
          route.leave(true);
          control.execute(() -> withdrawals.remove(route, reason));
          return route;
        });
  }

  @Override
  public boolean withdrawAll(String reason, Duration timeout) {
    if (control.isClosed()) {
      return false;
    }
    Callable<Boolean> task =
        () -> {
          AnnouncerThread.guarded(
                  () -> {
                    routes.values().forEach(route -> route.hold(reason));
                    routes.values().forEach(TrackedRoute::tellAgain);
                    withdrawals.tell();
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

  /**
   * Says nothing any more, since another process speaks for this node; what routers know stays.
   * Returns once that holds, after at most {@code timeout}.
   *
   * @return the routes that routers may know
   */
  public List<InheritedRoute> mute(Duration timeout) throws TimeoutException {
    bus.speak(Speech.NOTHING);
    Callable<List<InheritedRoute>> known =
        () ->
            routes.values().stream()
                .filter(TrackedRoute::mayBeKnown)
                .map(route -> InheritedRoute.of(route.id(), route.message()))
                .toList();
    return submit(known, timeout);
  }

  private <T> T submit(Callable<T> task, Duration timeout) throws TimeoutException {
    try {
      return control.submit(task).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the announcements have failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TimeoutException("interrupted");
    }
  }

  /**
   * Withdraws of what another process has announced of this node those names that none of this
   * one's routes has, and says nothing else yet. Waits for at most {@code timeout}.
   *
   * @param former what the other process has announced
   * @return whether there are such names
   */
  public boolean part(FormerRoutes former, Duration timeout) throws TimeoutException {
    return submit(
        () -> {
          boolean parts = former.part(this);
          bus.speak(Speech.FAREWELLS);
          withdrawals.tell();
          return parts;
        },
        timeout);
  }

  /**
   * Takes over the rest of what another process has announced of this node, after {@link #part} and
   * before {@link #unmute}. What this one does not announce of it is withdrawn. Waits for at most
   * {@code timeout}.
   *
   * @return whether anything is
   */
  public boolean inherit(FormerRoutes former, Duration timeout) throws TimeoutException {
    return submit(() -> former.inherit(this), timeout);
  }

  /** Returns the routes by id, for reading on the control thread. */
  Map<String, TrackedRoute> routes() {
    return routes;
  }

  /** Routers know these names already. On the control thread. */
  void introduce(RegistryMessage message) {
    announcedNames.introduce(message);
  }

  /** Withdraws a route of the former process. On the control thread. */
  void unregister(String id, RegistryMessage message) {
    String own = id + " (former " + ++replacements + ")";
    TrackedRoute former = TrackedRoute.former(own, message, clock, this::moved);
    former.leave(true);
    presence.add(message);
    routes.put(own, former);
  }

  /** Whether there is such a route, and it is not announced, nor about to be. Never waits. */
  public boolean isHeld(String id) {
    TrackedRoute route = routes.get(id);
    return route != null && !route.status().state().isWanted();
  }

  /** Speaks again: what is announced is registered, and what is being withdrawn unregistered. */
  public void unmute() {
    control.execute(() -> { // after all that was to be inherited
      bus.speak(Speech.ALL);
      connected();
    });
  }

  /** Returns once NATS has what was published so far, or false after {@code timeout}. */
  public boolean flush(Duration timeout) {
    try {
      return control
          .submit(() -> bus.flush(timeout))
          .get(2 * timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.debug("not flushed", e);
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
    return new AnnouncerStatus(statuses, rounds.interval(), knownRouters.routers(), bus.status());
  }

  /** Returns the number of routes in a state. Never waits. */
  public long count(RouteState state) {
    return routes.values().stream().filter(route -> route.status().state() == state).count();
  }

  @Override
  public void retire(String reason) {
    control.execute(() -> {
      List.copyOf(routes.keySet()).forEach(id -> remove(id, reason));
      control.execute(() -> closeOnceGone(RETIREMENT_PAUSES));
    });
  }

  private void closeOnceGone(int pausesLeft) {
    if (!routes.isEmpty() && pausesLeft > 0) {
      control.later(() -> closeOnceGone(pausesLeft - 1), Withdrawals.PAUSE);
    } else {
      Thread.ofVirtual().name("registration-closer").start(this::flushAndClose); // close() waits
    }
  }

  private void flushAndClose() {
    try (this) {
      bus.flush(Withdrawals.PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    control.close();
    bus.close();
  }

  private TrackedRoute tracked(RegisteredRoute route) {
    presence.add(route.message());
    return new TrackedRoute(route, clock, this::moved);
  }

  /**
   * Registers the new names before unregistering the old ones: a name that stays never disappears,
   * and a new one appears no later than an old one ends.
   */
  private void replace(TrackedRoute route, RegisteredRoute next) {
    if (route.is(next)) {
      return;
    }
    RegistryMessage former = route.message();
    TrackedRoute rest = route.replace(next, next.id() + " (former " + ++replacements + ")");
    RegistryMessage now = route.message();
    events.publish(
        new RouteEvent.Replaced(route.id(), now.names().toString(), former.names().toString()));
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
    rounds.include(route);
    if (rest == null) {
      announcedNames.forget(former);
    } else {
      withdrawals.finish(rest);
    }
  }

  /** Registers all routes; one that fails must not keep the others from being registered. */
  private void register() {
    routes
        .values()
        .forEach(route -> AnnouncerThread.guarded(() -> route.register(bus, announcedNames)).run());
  }

  private void again(List<TrackedRoute> some) {
    some.forEach(
        route -> AnnouncerThread.guarded(() -> route.registerAgain(bus, announcedNames)).run());
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
    events.publish(new RouteEvent.Moved(route.id(), told(now.state()), now.reason()));
  }

  private static RouteEvent.State told(RouteState state) {
    return switch (state) {
      case HELD -> RouteEvent.State.HELD;
      case READY -> RouteEvent.State.READY;
      case ANNOUNCED -> RouteEvent.State.ANNOUNCED;
      case WITHDRAWING -> RouteEvent.State.WITHDRAWING;
      case WITHDRAWN -> RouteEvent.State.WITHDRAWN;
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

  /** The routers missed whatever happened while NATS was away. */
  private void connected() {
    presence.connected();
    routes.values().forEach(TrackedRoute::tellAgain);
    register();
    withdrawals.tell();
  }

  private void adjust() {
    rounds.adjust();
  }
}
