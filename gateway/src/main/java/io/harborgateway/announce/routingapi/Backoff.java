package io.harborgateway.announce.routingapi;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Exponential backoff: the wait doubles with each failure, up to 15 s, and is shortened at random
 * by up to half, so that the nodes do not retry all at once. Confined to one thread, or guarded by
 * the owner's lock.
 */
final class Backoff {
  private static final long FIRST_NANOS = Duration.ofSeconds(1).toNanos();

  /** A routing API that is back is noticed within this time, well below any usual TTL. */
  private static final long LONGEST_NANOS = Duration.ofSeconds(15).toNanos();

  private long nextNanos = FIRST_NANOS;

  /** Records a failure; returns how many nanoseconds to wait. */
  long failed() {
    long nanos = nextNanos;
    nextNanos = Math.min(LONGEST_NANOS, 2 * nanos);
    return nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2);
  }

  /** Records a success: the next failure counts as the first. */
  void worked() {
    nextNanos = FIRST_NANOS;
  }
}
