package io.harborgateway.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One dial of an upstream: tries its addresses in order, concurrently if one takes long (RFC 8305
 * section 5). The next attempt begins when the previous one has failed, or has neither failed nor
 * succeeded within {@link #ATTEMPT_DELAY}. The first that succeeds wins, and the others are
 * abandoned. The upstream's connect timeout covers the whole dial: an attempt that begins later has
 * less time. An upstream with one address needs no timer except its attempt's.
 *
 * <p>Confined to its event loop. Ends with exactly one call of {@link #won} or {@link #lost}.
 *
 * @param <C> type of connection
 */
abstract class DialRace<C> {
  /** The Connection Attempt Delay that RFC 8305 recommends. */
  static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);

  /** RFC 8305's minimum. */
  private static final Duration LEAST_ATTEMPT_DELAY = Duration.ofMillis(10);

  private final EventLoop loop;
  private final Upstream upstream;
  private final List<InetSocketAddress> addresses;
  private final long delayNanos;
  private final long endsAt;
  private int begun;
  private int running;
  private @Nullable Attempt latest;
  private @Nullable Future<?> next;
  private boolean done;

  DialRace(EventLoop loop, Upstream upstream) {
    this.loop = loop;
    this.upstream = upstream;
    this.addresses = upstream.addresses();
    Duration whole = upstream.settings().connectTimeout();
    this.delayNanos = attemptDelay(whole, addresses.size()).toNanos();
    this.endsAt = System.nanoTime() + whole.toNanos();
  }

  /**
   * Returns the delay before the next attempt, such that each address gets its turn within the
   * whole.
   */
  static Duration attemptDelay(Duration whole, int addresses) {
    if (addresses <= 1) {
      return ATTEMPT_DELAY;
    }
    Duration share = whole.dividedBy(addresses);
    if (share.compareTo(ATTEMPT_DELAY) >= 0) {
      return ATTEMPT_DELAY;
    }
    return share.compareTo(LEAST_ATTEMPT_DELAY) < 0 ? LEAST_ATTEMPT_DELAY : share;
  }

  final void start() {
    assert loop.inEventLoop();
    if (addresses.isEmpty()) {
      lost(DialException.notResolved(upstream));
    } else {
      beginNext();
    }
  }

  final Upstream upstream() {
    return upstream;
  }

  /** Creates an attempt, not begun yet. */
  abstract Attempt attempt(InetSocketAddress address);

  /** The race is won; the callee takes ownership of the connection. */
  abstract void won(C connection);

  /** The race is lost: there is no connection. */
  abstract void lost(DialException failure);

  private long nanosLeft() {
    return endsAt - System.nanoTime();
  }

  private void beginNext() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
    Attempt attempt = attempt(addresses.get(begun++));
    latest = attempt;
    running++;
    attempt.begin();
    if (attempt.isRunning() && begun < addresses.size()) {
      next = loop.schedule(this::attemptTakesLong, delayNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void attemptTakesLong() {
    next = null;
    if (nanosLeft() > 0) {
      beginNext();
    }
  }

  private void attemptFailed(DialException failure) {
    running--;
    if (failure.failure() == DialFailure.RESOURCES) {
      lose(); // another attempt would need a descriptor, too
    } else if (begun < addresses.size() && nanosLeft() > 0) {
      beginNext();
    } else if (running == 0) {
      lose();
    }
  }

  private void lose() {
    abandonOthers(null);
    List<DialException> failures = new ArrayList<>(begun);
    for (Attempt each = latest; each != null; each = each.before) {
      if (each.failure != null) {
        failures.addFirst(each.failure);
      }
    }
    lost(DialException.of(failures));
  }

  /** Abandons the running attempts, from which nothing more is heard. */
  private void abandonOthers(@Nullable InetSocketAddress winner) {
    done = true;
    if (next != null) {
      next.cancel(false);
      next = null;
    }
    for (Attempt each = latest; each != null; each = each.before) {
      if (each.isRunning()) {
        each.ended = true;
        each.abandon();
        long took = System.nanoTime() - each.begunAt;
        if (winner != null && took >= delayNanos) { // it had its time, and stayed silent
          String reason = each.silence(Duration.ofNanos(took));
          String other = winner.getAddress().getHostAddress();
          upstream.failed(each.address, reason + ", when " + other + " answered");
        }
      }
    }
  }

  /** The attempt at one address. */
  abstract class Attempt {
    private final InetSocketAddress address;
    private final @Nullable Attempt before = latest;
    private final long begunAt = System.nanoTime();
    private final Duration limit;
    private @Nullable DialException failure;
    private boolean ended;
    private boolean handshaking;

    Attempt(InetSocketAddress address) {
      this.address = address;
      // Whole milliseconds, as Netty's limits require, and never 0, which means none.
      long left = TimeUnit.NANOSECONDS.toMillis(endsAt - begunAt + 999_999);
      this.limit = Duration.ofMillis(Math.max(1, left));
    }

    final InetSocketAddress address() {
      return address;
    }

    /** Returns how long it may take in total. */
    final Duration limit() {
      return limit;
    }

    /** Returns what is left of {@link #limit}, at least 1 ms. */
    final Duration rest() {
      long left = TimeUnit.NANOSECONDS.toMillis(begunAt - System.nanoTime());
      return Duration.ofMillis(Math.max(1, limit.toMillis() + left));
    }

    /** Whether it may still succeed or fail; otherwise its outcome is ignored. */
    final boolean isRunning() {
      return !ended;
    }

    /** Begins the attempt, which may end at once. */
    abstract void begin();

    /** Abandons the attempt, closing what it has opened. Called only while it is running. */
    abstract void abandon();

    /** The connection is established, and its TLS handshake begins. */
    final void handshakes() {
      handshaking = true;
    }

    /** The attempt has succeeded. */
    final void succeeded(C connection) {
      assert loop.inEventLoop() && isRunning() && !done;
      ended = true;
      running--;
      abandonOthers(address);
      upstream.answered(address);
      won(connection);
    }

    /** The attempt has failed, and has closed what it had opened. */
    final void failed(Throwable cause) {
      assert loop.inEventLoop() && isRunning() && !done;
      ended = true;
      failure = DialException.of(upstream, address, cause, limit, handshaking);
      if (failure.failure() != DialFailure.RESOURCES) { // which says nothing about the address
        upstream.failed(address, failure.reason());
      }
      if (failure.failure() == DialFailure.TLS) {
        upstream.tlsFailed(TlsReason.of(cause, upstream.settings().serverName()).fault());
      }
      attemptFailed(failure);
    }

    private String silence(Duration took) {
      String what =
          handshaking ? "connected, but no TLS handshake within " : "no connection within ";
      return what + took.toMillis() + " ms";
    }
  }
}
