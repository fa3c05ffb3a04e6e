package io.harborgateway.announce.nats;

import java.time.Duration;
import java.util.Map;

/**
 * Unregisters withdrawn routes several times, and forgets those that are leaving once that is done.
 * Confined to the control thread.
 */
final class Withdrawals {
  /** Time between two unregister messages: all of them fit into the drain delay. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  private final AnnouncerThread control;
  private final Map<String, TrackedRoute> routes;
  private final TrackedRoute.Publisher bus;
  private final AnnouncedNames announcedNames;
  private final PresenceWatch presence;
  private boolean scheduled;

  /**
   * @param routes all current routes, by id
   */
  Withdrawals(
      AnnouncerThread control,
      Map<String, TrackedRoute> routes,
      TrackedRoute.Publisher bus,
      AnnouncedNames announcedNames,
      PresenceWatch presence) {
    this.control = control;
    this.routes = routes;
    this.bus = bus;
    this.announcedNames = announcedNames;
    this.presence = presence;
  }

  /** Withdraws a route that is held back. */
  void withdraw(TrackedRoute route, String reason) {
    boolean wasWithdrawing = route.isWithdrawing();
    route.hold(reason);
    if (route.isWithdrawing() && !wasWithdrawing) {
      route.unregister(bus, announcedNames);
      repeatLater();
      presence.withdrawn();
    }
  }

  /** Withdraws a route that is leaving, then forgets it. */
  void remove(TrackedRoute route, String reason) {
    withdraw(route, reason);
    forgetLater(route);
  }

  /** Unregisters what is left of a replaced route, then forgets it. */
  void finish(TrackedRoute rest) {
    rest.unregister(bus, announcedNames);
    repeatLater();
    forgetLater(rest);
  }

  /** Unregisters all routes being withdrawn, and again later while there are any. */
  void tell() {
    routes.values().stream()
        .filter(TrackedRoute::isWithdrawing)
        .forEach(
            route -> AnnouncerThread.guarded(() -> route.unregister(bus, announcedNames)).run());
    repeatLater();
  }

  private void repeatLater() {
    if (!scheduled && routes.values().stream().anyMatch(TrackedRoute::isWithdrawing)) {
      scheduled = true;
      control.later(
          () -> {
            scheduled = false;
            tell();
          },
          PAUSE);
    }
  }

  /** Schedules forgetting the route once it is withdrawn, unless it has been added again. */
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
      control.later(() -> forgetLater(route), PAUSE);
    }
  }
}
