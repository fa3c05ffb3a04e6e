package io.harborgateway.announce.nats;

import java.time.Duration;
import java.util.Map;

/**
 * Tells the routers of withdrawn routes, several times, and forgets those that leave when that is
 * done. Confined to the control thread.
 */
final class Withdrawals {
  /** Between two unregister messages: all of them fit into the drain delay. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  private final AnnouncerThread control;
  private final Map<String, TrackedRoute> routes;
  private final TrackedRoute.Publisher bus;
  private final AnnouncedNames announcedNames;
  private final PresenceWatch presence;
  private boolean scheduled;

  /**
   * @param routes all that there are at any time, by id
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

  /** Something that the route needs does not hold. */
  void withdraw(TrackedRoute route, String reason) {
    boolean wasWithdrawing = route.isWithdrawing();
    route.hold(reason);
    if (route.isWithdrawing() && !wasWithdrawing) {
      route.unregister(bus, announcedNames);
      repeatLater();
      presence.withdrawn();
    }
  }

  /** A route that is leaving is withdrawn, and forgotten then. */
  void remove(TrackedRoute route, String reason) {
    withdraw(route, reason);
    forgetLater(route);
  }

  /** What a replaced route has left to be withdrawn is told of, and forgotten then. */
  void finish(TrackedRoute rest) {
    rest.unregister(bus, announcedNames);
    repeatLater();
    forgetLater(rest);
  }

  /** Tells the routers of all that is being withdrawn, and again later while anything is. */
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
      control.later(() -> forgetLater(route), PAUSE);
    }
  }
}
