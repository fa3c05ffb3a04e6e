package io.harborgateway.announce.nats;

import io.harborgateway.pace.PacedLine;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Schedules the periodic registration of routes: all routes of one interval together, within the
 * routers' bounds. Confined to the control thread, except for {@link #interval}.
 */
final class Rounds {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

  private final AnnouncerThread control;
  private final KnownRouters routers;
  private final Collection<TrackedRoute> routes;
  private final Consumer<List<TrackedRoute>> again;
  private final PacedLine tooLong = new PacedLine(LOG, Level.WARN);
  private final PacedLine bounded = new PacedLine(LOG, Level.INFO);

  /** By the interval that the routes ask for. */
  private final Map<Duration, Round> rounds = new HashMap<>();

  private Duration configured;

  /** The configured interval, within the routers' bounds. */
  private volatile Duration interval;

  /**
   * The next registration of the routes of one interval.
   *
   * @param pause the interval within the routers' bounds
   * @param since when they were last registered, by {@link System#nanoTime}
   */
  private record Round(Duration pause, long since, Future<?> next) {}

  /**
   * @param configured the interval of routes without one of their own
   * @param routes supplies all current routes
   * @param again registers some routes
   */
  Rounds(
      Duration configured,
      AnnouncerThread control,
      KnownRouters routers,
      Collection<TrackedRoute> routes,
      Consumer<List<TrackedRoute>> again) {
    this.configured = configured;
    this.interval = configured;
    this.control = control;
    this.routers = routers;
    this.routes = routes;
    this.again = again;
  }

  /** Returns how often routes without an interval of their own are registered; for any thread. */
  Duration interval() {
    return interval;
  }

  /** Changes the configured interval. */
  void configure(Duration now) {
    configured = now;
    routes.forEach(this::include);
    adjust();
  }

  /** Schedules a route that is new or has a new interval. */
  void include(TrackedRoute route) {
    if (!rounds.containsKey(wanted(route))) {
      next(wanted(route), System.nanoTime());
    }
  }

  private Duration wanted(TrackedRoute route) {
    Duration own = route.interval();
    return own == null ? configured : own;
  }

  /**
   * Schedules the next round; ends when there is no such route left.
   *
   * @param since when they were last registered: routers' messages may bring the next round forward
   *     or delay it, but not again and again
   */
  private void next(Duration wanted, long since) {
    Duration pause = routers.interval(wanted);
    Runnable round =
        () -> {
          var some = routes.stream().filter(route -> wanted(route).equals(wanted)).toList();
          if (some.isEmpty()) {
            rounds.remove(wanted);
            return;
          }
          try {
            again.accept(some);
          } finally {
            next(wanted, System.nanoTime());
          }
        };
    Duration left = pause.minusNanos(System.nanoTime() - since);
    Future<?> next = control.schedule(round, left.isNegative() ? Duration.ZERO : left);
    rounds.put(wanted, new Round(pause, since, next));
  }

  /** Reschedules: the routers' bounds may have changed. */
  void adjust() {
    Duration now = routers.interval(configured);
    if (!now.equals(interval)) {
      interval = now;
      explain(now);
    }
    Map.copyOf(rounds)
        .forEach((wanted, round) -> {
          if (!round.pause.equals(routers.interval(wanted))) {
            next(wanted, round.since); // the old one may come after routers have pruned
            round.next.cancel(false);
          }
        });
  }

  private void explain(Duration now) {
    Duration prune = routers.pruneThreshold();
    if (prune != null && configured.compareTo(prune) >= 0) {
      tooLong.log(
          "registration.interval: %s is longer than routers remember plain routes, %s; used: %s"
              .formatted(configured, prune, now));
    } else if (!now.equals(configured)) {
      bounded.log(
          "registration.interval: %s is bounded by the routers; used: %s"
              .formatted(configured, now));
    }
  }
}
