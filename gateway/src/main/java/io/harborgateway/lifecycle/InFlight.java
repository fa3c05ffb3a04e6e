package io.harborgateway.lifecycle;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts what is in flight: exchanges or connections. {@link #started()} and {@link #ended()} are
 * for the event loops: striped, no allocation, no lock. Whoever calls one calls the other once.
 */
public final class InFlight {
  private static final Duration POLL = Duration.ofMillis(20);

  // Two sums instead of one: a striped sum is not read at one moment, and one that goes up and down
  // could read 0 while something is in flight. These only grow, see count().
  private final LongAdder started = new LongAdder();
  private final LongAdder ended = new LongAdder();

  /** One more is in flight. */
  public void started() {
    started.increment();
  }

  /** One less is in flight. */
  public void ended() {
    ended.increment();
  }

  /**
   * How many are in flight. While others count, this may be too high for a moment, never too low:
   * what ended is read first, so that the start of each of those is among the starts read next.
   */
  public long count() {
    long endedBefore = ended.sum();
    return started.sum() - endedBefore;
  }

  /**
   * Blocks until nothing is in flight. For the control plane: it looks every 20 ms, so that the
   * event loops need not signal.
   *
   * @param timeout how long at most; zero looks once
   * @return false if something was still in flight at the end of {@code timeout}
   * @throws InterruptedException if this thread is interrupted
   */
  public boolean awaitZero(Duration timeout) throws InterruptedException {
    long start = System.nanoTime();
    while (count() != 0) {
      if (System.nanoTime() - start >= timeout.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(this, POLL.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return true;
  }
}
