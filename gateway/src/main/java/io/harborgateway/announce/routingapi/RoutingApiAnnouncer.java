package io.harborgateway.announce.routingapi;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the routing API's knowledge of this node's TCP routes true: announced ones are upserted at
 * once and again after each third of their TTL, withdrawn ones are deleted. What fails is tried
 * again, after up to 15 s: an upsert for ever, a deletion until the TTL has done it.
 *
 * <p>Which routes are announced is decided by the caller. It may call from any thread, at any time,
 * with the API there or not: it only notes what is wanted, and one control thread here says it to
 * the API, a route at a time, new deletions first. None but {@link #withdrawAll} and {@link #close}
 * waits, and none throws because of the API.
 */
public final class RoutingApiAnnouncer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RoutingApiAnnouncer.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  private final RoutingApiClient client;
  private final Duration longestTtl;
  private final Thread control = Thread.ofVirtual().name("routing-api").unstarted(this::work);

  private final ReentrantLock lock = new ReentrantLock();

  /** What is wanted, or what the API knows, is another than before. */
  private final Condition changed = lock.newCondition();

  /** By id. Guarded by the lock, as what it holds and all that follows. */
  private final Map<String, TrackedMapping> routes = new LinkedHashMap<>();

  private final Backoff backoff = new Backoff();
  private final ProblemLog problems = new ProblemLog(null);
  private long pausedUntil = System.nanoTime();
  private @Nullable Instant lastSuccess;
  private @Nullable String lastError;

  private volatile boolean closed;

  /** A request to be made. */
  private record Task(TrackedMapping route, boolean upsert) {}

  /**
   * @param mappings what can be announced; nothing is until {@link #announce}
   * @throws IllegalArgumentException if two mappings have one id
   */
  public RoutingApiAnnouncer(RoutingApiAccess access, List<TcpRouteMapping> mappings) {
    this.longestTtl = access.ttl();
    this.client = new RoutingApiClient(access);
    for (TcpRouteMapping mapping : mappings) {
      if (routes.put(mapping.id(), tracked(mapping)) != null) {
        throw new IllegalArgumentException(
            "TCP route: \"" + mapping.id() + "\" twice (expected: once)");
      }
    }
  }

  private TrackedMapping tracked(TcpRouteMapping mapping) {
    Duration own = mapping.ttl();
    Duration ttl = own == null || own.compareTo(longestTtl) > 0 ? longestTtl : own;
    long seconds = Math.max(1, ttl.toSeconds()); // the API knows no fractions
    return new TrackedMapping(mapping, TimeUnit.SECONDS.toNanos(seconds));
  }

  /** Begins to talk to the API. Returns at once; the API may be away. */
  public void start() {
    control.start();
  }

  /**
   * The route is to be known from now on. Nothing happens if it is announced already.
   *
   * @throws IllegalArgumentException if no route has this id
   */
  public void announce(String id) {
    update(now -> {
      if (require(id).announce(now)) {
        pausedUntil = now;
      }
    });
  }

  /**
   * The route is not to be known any more. Nothing happens if it is not announced.
   *
   * @throws IllegalArgumentException if no route has this id
   */
  public void withdraw(String id) {
    update(now -> {
      if (require(id).withdraw(now)) {
        pausedUntil = now;
      }
    });
  }

  /**
   * Takes one more route, not announced yet. One with this id that is there already stays as it is,
   * and is not forgotten if it was about to be.
   */
  public void add(TcpRouteMapping mapping) {
    update(now -> routes.computeIfAbsent(mapping.id(), id -> tracked(mapping)).stay());
  }

  /**
   * Withdraws a route and forgets it once the API has deleted it, or its TTL has ended. Nothing
   * happens if none has this id.
   */
  public void remove(String id) {
    update(now -> {
      TrackedMapping route = routes.get(id);
      if (route != null) {
        route.leave();
        if (route.withdraw(now)) {
          pausedUntil = now;
        }
      }
    });
  }

  /**
   * Withdraws every route and waits until the API has deleted them. Called again, it tries again
   * what is not deleted yet.
   *
   * @param timeout how long to wait at most
   * @return false if the API may still have one: it is away, or did not answer in time
   */
  public boolean withdrawAll(Duration timeout) {
    update(now -> {
      for (TrackedMapping route : routes.values()) {
        if (!route.withdraw(now)) {
          route.hurry(now);
        }
      }
      pausedUntil = now;
    });
    lock.lock();
    try {
      long left = timeout.toNanos();
      while (anyMayBeKnown() && left > 0 && control.isAlive()) {
        left = changed.awaitNanos(left);
      }
      if (anyMayBeKnown()) {
        LOG.warn("the routing API may still have TCP routes that are withdrawn");
        return false;
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean anyMayBeKnown() {
    long now = System.nanoTime();
    return routes.values().stream().anyMatch(route -> route.mayBeKnown(now));
  }

  private boolean anyFailing(long now) {
    return routes.values().stream().anyMatch(route -> route.failing(now));
  }

  /** How every route and the API stand now. Never waits for the API. */
  public RoutingApiStatus snapshot() {
    lock.lock();
    try {
      long now = System.nanoTime();
      return new RoutingApiStatus(
          routes.values().stream().map(route -> route.status(now)).toList(),
          anyFailing(now),
          lastSuccess,
          lastError,
          client.tokenExpires());
    } finally {
      lock.unlock();
    }
  }

  /** Ends the talk, 3 s later at most. Withdraws nothing: see {@link #withdrawAll}. */
  @Override
  public void close() {
    update(now -> closed = true);
    if (control.isAlive()) {
      control.interrupt();
      try {
        control.join(CLOSE_TIMEOUT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    client.close();
  }

  private void work() {
    while (!closed) {
      try {
        perform(awaitTask());
      } catch (InterruptedException e) {
        // By close() alone: the loop's condition ends it.
        LOG.debug("the talk with the routing API was interrupted");
      } catch (RuntimeException | Error e) {
        // Whatever it is: without this loop no TCP route would be told of any more.
        LOG.error("talking to the routing API failed; it is tried again", e);
        update(now -> failed(now, e.toString()));
      }
    }
  }

  private Task awaitTask() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        long now = System.nanoTime();
        routes.values().removeIf(route -> route.canBeForgotten(now));
        TrackedMapping next = mostUrgent(now);
        long wait =
            next == null ? Long.MAX_VALUE : Math.max(next.nanosUntilDue(now), pausedUntil - now);
        if (next != null && wait <= 0) {
          if (next.wanted()) {
            next.upserting();
          }
          return new Task(next, next.wanted());
        }
        changed.awaitNanos(wait);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Of those that are due a new deletion, or the one for longest; else the one due next. */
  private @Nullable TrackedMapping mostUrgent(long now) {
    return routes.values().stream()
        .min(
            Comparator.comparingLong((TrackedMapping r) -> Math.max(0, r.nanosUntilDue(now)))
                .thenComparing(r -> !r.urgent())
                .thenComparingLong(r -> r.nanosUntilDue(now)))
        .orElse(null);
  }

  private void perform(Task task) throws InterruptedException {
    TrackedMapping route = task.route();
    long asked = System.nanoTime();
    try {
      if (task.upsert()) {
        client.upsert(route.mapping(), route.ttlSeconds(), () -> update(now -> route.sending()));
        update(now -> {
          route.upserted(asked, now);
          succeeded(now);
        });
      } else {
        client.delete(route.mapping(), route.ttlSeconds());
        update(now -> {
          route.deleted();
          succeeded(now);
        });
      }
    } catch (MappingRefusedException e) {
      update(now -> {
        route.refused(now, String.valueOf(e.getMessage()));
        backoff.worked();
      });
    } catch (IOException | RuntimeException e) {
      // A RuntimeException would be a mistake in this program, and must not end the talk.
      LOG.debug("an attempt failed", e);
      update(now -> {
        route.unknown(now);
        failed(now, e instanceof IOException ? String.valueOf(e.getMessage()) : e.toString());
      });
    }
  }

  private void succeeded(long now) {
    lastSuccess = Instant.now();
    backoff.worked();
    if (!anyFailing(now) && problems.worked()) {
      LOG.info("the routing API works again");
    }
  }

  private void failed(long now, String problem) {
    lastError = problem;
    problems.problem(problem);
    pausedUntil = now + backoff.failed();
  }

  /** Changes what the lock guards, at a time of {@link System#nanoTime}. */
  private void update(LongConsumer change) {
    lock.lock();
    try {
      change.accept(System.nanoTime());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private TrackedMapping require(String id) {
    TrackedMapping route = routes.get(id);
    if (route == null) {
      throw new IllegalArgumentException(
          "TCP route: \"%s\" (expected: one of %s)".formatted(id, routes.keySet()));
    }
    return route;
  }
}
