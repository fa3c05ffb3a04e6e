package io.harborgateway.upstream;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * The falls of an upstream within the last minute, and what a rise takes after them: nothing more
 * after one, then 2 s, 4 s, 8 s and so on, up to a bound. A minute without a fall forgets them.
 */
final class Falls {
  private static final long REMEMBERED = Duration.ofMinutes(1).toNanos();

  /** More need not be counted: the hold has long reached its bound. */
  private static final int MOST = 64;

  private long mostNanos;
  private final ArrayDeque<Long> times = new ArrayDeque<>();

  /** Creates one without falls; zero as the longest hold: none is ever held. */
  Falls(Duration longestHold) {
    this.mostNanos = longestHold.toNanos();
  }

  /** Holds for at most this from now on. */
  void use(Duration longestHold) {
    mostNanos = longestHold.toNanos();
  }

  void add(long now) {
    if (times.size() == MOST) {
      times.removeFirst();
    }
    times.addLast(now);
  }

  int count(long now) {
    while (!times.isEmpty() && now - times.getFirst() >= REMEMBERED) {
      times.removeFirst();
    }
    return times.size();
  }

  /** Returns for how long an upstream that fell so often must succeed before it is up. */
  long holdNanos(long now) {
    int count = count(now);
    return count < 2
        ? 0
        : Math.min(mostNanos, Duration.ofSeconds(1L << Math.min(count - 1, 30)).toNanos());
  }
}
