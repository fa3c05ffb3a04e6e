package io.harborgateway.announce.routingapi;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before what failed is tried again: about twice as long after each failure, up to
 * 15 s, of which a random half is left out, so that the nodes do not come all at once. Confined to
 * one thread, or guarded by the owner's lock.
 */
final class Backoff {
  private static final long FIRST_NANOS = Duration.ofSeconds(1).toNanos();

  /** A routing API that is back is found within this time, well below any usual TTL. */
  private static final long LONGEST_NANOS = Duration.ofSeconds(15).toNanos();

  private long nextNanos = FIRST_NANOS;

  /** Something failed: how many nanoseconds to wait. */
  long failed() {
    long nanos = nextNanos;
    nextNanos = Math.min(LONGEST_NANOS, 2 * nanos);
    return nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2);
  }

  /** Something worked: the next failure is the first again. */
  void worked() {
    nextNanos = FIRST_NANOS;
  }
}
