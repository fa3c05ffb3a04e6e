package io.harborgateway.upstream;

import java.net.InetAddress;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows the host name of one upstream: looks it up again and again at a pace of its own, whatever
 * the interval of its checks, and whether the last lookup succeeded or not. Confined to the thread
 * of its scheduler, except for {@link #close}.
 */
public final class Lookup {
  /** Pause between the end of a lookup and the next. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  /** The same while the upstream is down: it may be back at another address. */
  private static final Duration PAUSE_WHILE_DOWN = Duration.ofMillis(500);

  /** How long a check without an address waits; then it fails, while the lookup goes on. */
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** A check that waits for the first address. */
  private record Waiter(Runnable found, Consumer<String> failed, ScheduledFuture<?> limit) {}

  private final Upstream upstream;
  private final String host;
  private final Lookups lookups;
  private final ScheduledExecutorService scheduler;
  private final Runnable moved;
  private final Lookups.Callback answers =
      new Lookups.Callback() {
        @Override
        public void found(List<InetAddress> addresses, Lookups.Speed now) {
          scheduler.execute(() -> ended(now, () -> Lookup.this.found(addresses)));
        }

        @Override
        public void failed(String why, Lookups.Speed now) {
          scheduler.execute(() -> ended(now, () -> noAddress(why)));
        }
      };
  private volatile boolean closed;

  // Confined to the scheduler's thread.
  private Lookups.Speed speed = Lookups.Speed.NEW;
  private @Nullable ScheduledFuture<?> next; // null while a lookup is in progress
  private long endedAt;
  private @Nullable Waiter waiter;

  /**
   * @param moved called when the addresses have changed, unless a check waits for them
   */
  Lookup(Upstream upstream, Lookups lookups, ScheduledExecutorService scheduler, Runnable moved) {
    this.upstream = upstream;
    this.host = upstream.settings().host();
    this.lookups = lookups;
    this.scheduler = scheduler;
    this.moved = moved;
  }

  /**
   * Disables the JVM's lookup cache (30 s by default), which would hide that a name has moved: the
   * operating system's resolver caches where that is wanted. Must be called before the process's
   * first lookup.
   */
  public static void followNames() {
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
  }

  /** Begins the first lookup. */
  void start() {
    begin();
  }

  /** Brings the next lookup forward: the upstream is down. */
  void hurry() {
    if (next != null && System.nanoTime() - endedAt >= PAUSE_WHILE_DOWN.toNanos()) {
      next.cancel(false);
      begin();
    }
  }

  /**
   * Waits for the next answer; one of the two is called within {@link #LIMIT}.
   *
   * @param failed gets the reason
   */
  void awaitAddress(Runnable found, Consumer<String> failed) {
    waiter =
        new Waiter(
            found,
            failed,
            scheduler.schedule(this::outOfTime, LIMIT.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void begin() {
    next = null;
    if (closed) {
      return;
    }
    lookups.begin(host, speed, answers);
  }

  private void ended(Lookups.Speed now, Runnable answer) {
    if (closed) {
      return;
    }
    speed = now;
    endedAt = System.nanoTime();
    next = scheduler.schedule(this::begin, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    answer.run();
  }

  private void found(List<InetAddress> addresses) {
    boolean changed = upstream.found(addresses);
    Waiter waiting = stopWaiting();
    if (waiting != null) {
      waiting.found.run();
    } else if (changed) {
      moved.run();
    }
  }

  private void outOfTime() {
    noAddress(
        lookups.isWaiting(host)
            ? "not looked up yet, too many other look-ups have no answer"
            : "no answer of the name server within " + LIMIT.toMillis() + " ms");
  }

  private void noAddress(String why) {
    Waiter waiting = stopWaiting();
    if (waiting != null) {
      waiting.failed.accept("host name " + host + ": " + why);
    }
  }

  private @Nullable Waiter stopWaiting() {
    Waiter waiting = waiter;
    if (waiting != null) {
      waiting.limit.cancel(false);
      waiter = null;
    }
    return waiting;
  }

  /** Ends it; the answer to a lookup in progress is ignored. For any thread. */
  void close() {
    closed = true;
    lookups.cancel(host, answers);
  }
}
