package io.harborgateway.announce;

import io.harborgateway.announce.nats.Announcer;
import io.harborgateway.announce.routingapi.RoutingApiAnnouncer;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Where a route is announced: on NATS, by the routing API, or nowhere. Routes are added at the
 * announcers themselves. Safe for use by any thread; nothing waits.
 *
 * @param announcing takes the id of a route
 * @param keeping takes the id, and a reason for people
 * @param withdrawing takes the id, and a reason for people
 * @param removing takes the same
 */
record RouteChannel(
    Consumer<String> announcing,
    BiConsumer<String, String> keeping,
    BiConsumer<String, String> withdrawing,
    BiConsumer<String, String> removing) {

  /** Of routes that can't be announced: there is nobody to tell. */
  static final RouteChannel NOWHERE =
      new RouteChannel(id -> {}, (id, reason) -> {}, (id, reason) -> {}, (id, reason) -> {});

  static RouteChannel of(Announcer announcer) {
    return new RouteChannel(
        announcer::announce, announcer::keep, announcer::withdraw, announcer::remove);
  }

  static RouteChannel of(RoutingApiAnnouncer announcer) {
    return new RouteChannel(
        announcer::announce,
        (id, reason) -> announcer.withdraw(id), // TCP has no way to say that nobody serves
        (id, reason) -> announcer.withdraw(id),
        (id, reason) -> announcer.remove(id));
  }

  void announce(String id) {
    announcing.accept(id);
  }

  /**
   * The route stays known as the last node's, where that can be said.
   *
   * @param reason for people
   */
  void keep(String id, String reason) {
    keeping.accept(id, reason);
  }

  /**
   * The route is not to be known for now.
   *
   * @param reason for people
   */
  void withdraw(String id, String reason) {
    withdrawing.accept(id, reason);
  }

  /**
   * Withdraws the route and forgets it once it is.
   *
   * @param reason for people
   */
  void remove(String id, String reason) {
    removing.accept(id, reason);
  }
}
