package io.harborgateway.upstream;

import java.time.Duration;

/**
 * Derives how long to wait for something from how long it took recently: what has always taken 10
 * ms is doubtful after just a second. Confined to one thread at a time.
 */
final class UsualDuration {
  /** By default, a minute's checks. */
  private static final int REMEMBERED = 60;

  /** Fewer samples than this do not make anything usual. */
  private static final int LEAST = 5;

  /** The limit as a multiple of the second slowest remembered: a single slow one may be chance. */
  private static final int FACTOR = 4;

  private final long[] recent = new long[REMEMBERED];
  private final long floor;
  private int count;

  /**
   * @param floor the least time to wait
   */
  UsualDuration(Duration floor) {
    this.floor = floor.toNanos();
  }

  void add(Duration took) {
    recent[count++ % REMEMBERED] = took.toNanos();
    if (count == 2 * REMEMBERED) {
      count = REMEMBERED; // avoids an overflow, but keeps its position in the ring
    }
  }

  /** Returns how long to wait before doubting; {@code most} while nothing is usual yet. */
  Duration limit(Duration most) {
    if (count < LEAST) {
      return most;
    }
    long slowest = 0;
    long second = 0;
    for (int i = 0; i < Math.min(count, REMEMBERED); i++) {
      second = Math.max(second, Math.min(slowest, recent[i]));
      slowest = Math.max(slowest, recent[i]);
    }
    Duration limit = Duration.ofNanos(Math.max(floor, FACTOR * second));
    return limit.compareTo(most) < 0 ? limit : most;
  }
}
