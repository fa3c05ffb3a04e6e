package io.harborgateway.upstream;

import java.time.Duration;

/**
 * How long something took lately, and from that how long it is waited for: what took 10 ms each
 * time is doubtful after a second already. Confined to one thread at a time.
 */
final class UsualDuration {
  /** A minute of checks, by default. */
  private static final int REMEMBERED = 60;

  /** Until then nothing is usual. */
  private static final int LEAST = 5;

  /** What is waited for, of the slowest but one that is remembered: a single one is chance. */
  private static final int FACTOR = 4;

  private final long[] recent = new long[REMEMBERED];
  private final long floor;
  private int count;

  /**
   * @param floor what is waited for at least
   */
  UsualDuration(Duration floor) {
    this.floor = floor.toNanos();
  }

  void add(Duration took) {
    recent[count++ % REMEMBERED] = took.toNanos();
    if (count == 2 * REMEMBERED) {
      count = REMEMBERED; // keeps it from overflowing, and its place in the ring
    }
  }

  /** Returns how long to wait before it is doubted; {@code most} as long as nothing is usual. */
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
