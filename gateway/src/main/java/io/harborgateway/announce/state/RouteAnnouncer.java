package io.harborgateway.announce.state;

import java.time.Duration;

/**
 * Keeps the routers' knowledge of some routes of this node true, in one of the ways in which
 * routers learn. Which routes are announced is decided by the caller. Safe for use by any thread;
 * only {@link #withdrawAll} and {@link #close} wait, and nothing throws because somebody else is
 * away.
 *
 * @param <R> a route, which has an id that is unique among those of the announcer
 * @param <S> how the routes and the way to the routers stand
 */
public interface RouteAnnouncer<R, S> extends AutoCloseable {
  /** Begins to tell the routers. */
  void start();

  /**
   * Takes one more route, held until it is announced. One with its id that is there already stays
   * as it is, and is not forgotten if it was about to be.
   */
  void add(R route);

  /**
   * The route with this id is another one from now on, and stays announced if it was. What only the
   * former one had is withdrawn once the routers were told of the new one.
   *
   * @throws IllegalArgumentException if no route has this id
   */
  void replace(R next);

  /**
   * The route is to be known from now on. Nothing happens if it is announced already.
   *
   * @throws IllegalArgumentException if no route has this id
   */
  void announce(String id);

  /**
   * The route is to be known although its upstream is down, as the last node: nobody else is known
   * to serve its names. It is withdrawn where routers can't be told so.
   *
   * @param reason human-readable
   * @throws IllegalArgumentException if no route has this id
   */
  default void keep(String id, String reason) {
    withdraw(id, reason);
  }

  /**
   * The route is not to be known any more, or not yet.
   *
   * @param reason human-readable
   * @throws IllegalArgumentException if no route has this id
   */
  void withdraw(String id, String reason);

  /** Withdraws a route and forgets it once it is. Nothing happens if none has this id. */
  void remove(String id, String reason);

  /**
   * Withdraws every route and waits until the routers, or who tells them, have it. Called again, it
   * says so again.
   *
   * @param reason human-readable
   * @param timeout how long to wait at most
   * @return false if that is not known
   */
  boolean withdrawAll(String reason, Duration timeout);

  /**
   * Returns whether another endpoint serves the names of the route, of another node or of this one.
   * Another one counts as there where that is not to be known, and where no route has this id.
   */
  default Presence presence(String id) {
    return Presence.ANOTHER;
  }

  /** Withdraws every route, and closes itself once that is done, or can't be done. */
  void retire(String reason);

  /** Returns how everything stands now. */
  S status();

  /** Ends the talk. Withdraws nothing: see {@link #withdrawAll}. */
  @Override
  void close();
}
