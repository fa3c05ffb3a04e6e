package io.harborgateway.announce.routingapi;

import io.harborgateway.announce.state.RouteAnnouncer;
import io.harborgateway.lifecycle.NodeEvents;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the routing API up to date about this node's TCP routes: announced ones are upserted at
 * once and again after each third of their TTL, withdrawn ones are deleted. A failed request is
 * retried after up to 15 s: an upsert forever, a deletion until the TTL has expired.
 *
 * <p>Calls only record what is wanted; one control thread sends it to the API, one route at a time,
 * new deletions first. {@link #close} waits at most 3 s.
 */
public final class RoutingApiAnnouncer
    implements RouteAnnouncer<TcpRouteMapping, RoutingApiStatus> {
  private static final Logger LOG = LoggerFactory.getLogger(RoutingApiAnnouncer.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  /** Changed by the control thread, and used by it alone, except for status and closing. */
  private volatile RoutingApiClient client;

  private final Thread control = Thread.ofVirtual().name("routing-api").unstarted(this::work);

  private final ReentrantLock lock = new ReentrantLock();

  /** What is wanted, or what the API has, has changed. */
  private final Condition changed = lock.newCondition();

  /** By id. Guarded by the lock, like its values and all that follows. */
  private final Map<String, TrackedMapping> routes = new LinkedHashMap<>();

  private final NodeEvents events;
  private final Backoff backoff = new Backoff();
  private final ProblemLog problems = new ProblemLog(null);
  private int replacements;
  private boolean retired;
  private boolean muted;
  private RoutingApiAccess access;

  /** A new address or new credentials of the API; null: unchanged. */
  private @Nullable RoutingApiAccess nextAccess;

  private long pausedUntil = System.nanoTime();
  private @Nullable Instant lastSuccess;
  private @Nullable String lastError;

  private volatile boolean closed;

  /** A request to send. */
  private record Task(TrackedMapping route, boolean upsert) {}

  /**
   * @param mappings the mappings that can be announced; none is before {@link #announce}
   * @param events notified about what the API has and does not have
   * @throws IllegalArgumentException if two mappings have the same id
   */
  public RoutingApiAnnouncer(
      RoutingApiAccess access, Collection<TcpRouteMapping> mappings, NodeEvents events) {
    this.access = access;
    this.events = events;
    this.client = new RoutingApiClient(access);
    for (TcpRouteMapping mapping : mappings) {
      if (routes.put(mapping.id(), tracked(mapping)) != null) {
        throw new IllegalArgumentException(
            "TCP route: \"" + mapping.id() + "\" twice (expected: once)");
      }
    }
  }

  private TrackedMapping tracked(TcpRouteMapping mapping) {
    return new TrackedMapping(mapping, ttlNanos(mapping), events);
  }

  private long ttlNanos(TcpRouteMapping mapping) {
    Duration own = mapping.ttl();
    Duration longest = access.ttl();
    Duration ttl = own == null || own.compareTo(longest) > 0 ? longest : own;
    return TimeUnit.SECONDS.toNanos(Math.max(1, ttl.toSeconds())); // the API takes whole seconds
  }

  /**
   * Switches to another API, or another client. Announced routes are upserted there at once. The
   * former API is not told anything: its mappings expire by their TTL.
   */
  public void reconfigure(RoutingApiAccess next) {
    update(now -> {
      if (next.equals(access)) {
        return;
      }
      access = next;
      nextAccess = next;
      for (TrackedMapping route : routes.values()) {
        route.keepFor(ttlNanos(route.mapping()));
        route.hurry(now);
      }
      pausedUntil = now;
    });
  }

  /** On the control thread, which no longer uses the former client. */
  private void useNextAccess() {
    RoutingApiAccess next = nextAccess;
    if (next != null) {
      nextAccess = null;
      client.close();
      client = new RoutingApiClient(next);
    }
  }

  @Override
  public void start() {
    control.start();
  }

  /**
   * Sends nothing any more from the next request on, since another process speaks for this node; or
   * sends again, all that is announced first.
   */
  public void mute(boolean now) {
    update(nanos -> {
      muted = now;
      if (!now) {
        routes.values().forEach(route -> route.hurry(nanos));
      }
    });
  }

  @Override
  public void announce(String id) {
    update(now -> {
      if (require(id).announce(now)) {
        pausedUntil = now;
      }
    });
  }

  @Override
  public void withdraw(String id, String reason) {
    update(now -> {
      if (require(id).withdraw(reason, now)) {
        pausedUntil = now;
      }
    });
  }

  @Override
  public void add(TcpRouteMapping mapping) {
    update(now -> {
      TrackedMapping known = routes.putIfAbsent(mapping.id(), tracked(mapping));
      if (known != null) {
        known.stay();
        replace(known, mapping, now);
      }
    });
  }

  /** Upserts the new mapping first, then deletes the former one. */
  @Override
  public void replace(TcpRouteMapping next) {
    update(now -> replace(require(next.id()), next, now));
  }

  private void replace(TrackedMapping former, TcpRouteMapping next, long now) {
    if (former.mapping().equals(next)) {
      return;
    }
    TrackedMapping tracked = tracked(next);
    routes.put(next.id(), tracked);
    if (former.wanted()) {
      tracked.announce(now);
      pausedUntil = now;
    } else {
      tracked.withdraw(former.reason(), now);
    }
    former.leaveInOrder("replaced", now);
    if (former.mayBeKnown(now)) {
      routes.put(next.id() + " (former " + ++replacements + ")", former);
    }
  }

  /** Forgets the route once the API has deleted it or its TTL has expired. */
  @Override
  public void remove(String id, String reason) {
    update(now -> {
      TrackedMapping route = routes.get(id);
      if (route != null) {
        if (route.leave(reason, now)) {
          pausedUntil = now;
        }
      }
    });
  }

  @Override
  public boolean withdrawAll(String reason, Duration timeout) {
    update(now -> {
      for (TrackedMapping route : routes.values()) {
        if (!route.withdraw(reason, now)) {
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

  @Override
  public RoutingApiStatus status() {
    lock.lock();
    try {
      long now = System.nanoTime();
      return new RoutingApiStatus(
          routes.entrySet().stream()
              .map(route -> route.getValue().status(route.getKey(), now))
              .toList(),
          anyFailing(now),
          lastSuccess,
          lastError,
          client.tokenExpires());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void retire(String reason) {
    update(now -> {
      retired = true;
      for (TrackedMapping route : routes.values()) {
        route.leave(reason, now);
      }
      pausedUntil = now;
    });
  }

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
        Task task = awaitTask();
        if (task == null) {
          client.close();
          return;
        }
        perform(task);
      } catch (InterruptedException e) {
        // Only close() interrupts; the loop's condition ends it.
        LOG.debug("the talk with the routing API was interrupted");
      } catch (RuntimeException | Error e) {
        // Catches everything: without this loop no TCP route would be announced any more.
        LOG.error("talking to the routing API failed; it is tried again", e);
        update(now -> failed(now, e.toString()));
      }
    }
  }

  /** Waits for the next request to send; null if there is nothing left to send. */
  private @Nullable Task awaitTask() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        long now = System.nanoTime();
        useNextAccess();
        routes.values().removeIf(route -> route.canBeForgotten(now));
        if (retired && routes.isEmpty()) {
          return null;
        }
        TrackedMapping next = muted ? null : mostUrgent(now);
        long wait =
            next == null ? Long.MAX_VALUE : Math.max(next.nanosUntilDue(now), pausedUntil - now);
        if (next != null && wait <= 0) {
          if (next.wanted()) {
            next.beginUpsert();
          }
          return new Task(next, next.wanted());
        }
        changed.awaitNanos(wait);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns, among the routes that are due, a new deletion or the one due longest; otherwise the
   * one due next.
   */
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
        client.upsert(route.mapping(), route.ttlSeconds(), () -> update(now -> route.sendUpsert()));
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
      // A RuntimeException would be a bug in this program, and must not end this loop.
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

  /** Applies a change under the lock, given the time of {@link System#nanoTime}. */
  private void update(LongConsumer change) {
    lock.lock();
    try {
      long now = System.nanoTime();
      change.accept(now);
      routes.values().forEach(route -> leaveToOther(route, now));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Skips the deletion if another announced route has the same mapping: it would be deleted for
   * that one, too.
   */
  private void leaveToOther(TrackedMapping route, long now) {
    if (!route.wanted() && route.mayBeKnown(now)) {
      routes.values().stream()
          .filter(other -> other.wanted() && other.isSame(route))
          .findFirst()
          .ifPresent(other -> other.takeOver(route));
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
