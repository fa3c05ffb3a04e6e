package io.harborgateway.upstream;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Counts the falls of an upstream within the last minute, which determine how long a rise is held
 * back: not at all after one, then 2 s, 4 s, 8 s and so on, up to a bound. A minute without a fall
 * resets the count.
 */
final class Falls {
  private static final long REMEMBERED = Duration.ofMinutes(1).toNanos();

  /** More need not be counted: the hold has long since reached its bound. */
  private static final int MOST = 64;

  private long mostNanos;
  private final ArrayDeque<Long> times = new ArrayDeque<>();

  /** Creates a counter without falls; with zero as the longest hold, no rise is ever held back. */
  Falls(Duration longestHold) {
    this.mostNanos = longestHold.toNanos();
  }

  /** Changes the longest hold. */
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

  /**
   * Returns how long an upstream that has fallen this often must succeed before it counts as up.
   */
  long holdNanos(long now) {
    int count = count(now);
    return count < 2
        ? 0
        : Math.min(mostNanos, Duration.ofSeconds(1L << Math.min(count - 1, 30)).toNanos());
  }
}
