package io.harborgateway.announce.state;

import java.time.Duration;

/**
 * Keeps the routers up to date about some routes of this node, over one of the channels that
 * routers learn from. The caller decides which routes are announced. Thread-safe; only {@link
 * #withdrawAll} and {@link #close} wait, and nothing throws because a peer is unreachable.
 *
 * @param <R> a route, whose id is unique within the announcer
 * @param <S> the status of the routes and of the channel to the routers
 */
public interface RouteAnnouncer<R, S> extends AutoCloseable {
  /** Begins to announce. */
  void start();

  /**
   * Adds a route, held until it is announced. An existing route with the same id stays as it is,
   * and is not forgotten if it was about to be.
   */
  void add(R route);

  /**
   * Replaces the route with this id; it stays announced if it was. What only the former route had
   * is withdrawn once the new one has been announced.
   *
   * @throws IllegalArgumentException if no route has this id
   */
  void replace(R next);

  /**
   * Announces the route. Does nothing if it is already announced.
   *
   * @throws IllegalArgumentException if no route has this id
   */
  void announce(String id);

  /**
   * Announces the route as the last node although its upstream is down: nobody else is known to
   * serve its names. Withdraws it if the channel can't express that.
   *
   * @param reason human-readable
   * @throws IllegalArgumentException if no route has this id
   */
  default void keep(String id, String reason) {
    withdraw(id, reason);
  }

  /**
   * Withdraws the route, or holds it back if it is not announced yet.
   *
   * @param reason human-readable
   * @throws IllegalArgumentException if no route has this id
   */
  void withdraw(String id, String reason);

  /** Withdraws a route, then forgets it. Does nothing if no route has this id. */
  void remove(String id, String reason);

  /**
   * Withdraws all routes and waits until the routers, or whatever informs them, have received it.
   * If called again, it tells them again.
   *
   * @param reason human-readable
   * @param timeout longest time to wait
   * @return false if that is not known
   */
  boolean withdrawAll(String reason, Duration timeout);

  /**
   * Returns whether another endpoint, of this or another node, serves the names of the route.
   * Returns {@code ANOTHER} if this cannot be known, and if no route has this id.
   */
  default Presence presence(String id) {
    return Presence.ANOTHER;
  }

  /** Withdraws all routes, and closes itself once that is done or can't be done. */
  void retire(String reason);

  /** Returns the current status. */
  S status();

  /** Stops announcing. Withdraws nothing: see {@link #withdrawAll}. */
  @Override
  void close();
}
