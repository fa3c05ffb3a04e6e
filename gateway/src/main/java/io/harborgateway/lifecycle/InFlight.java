package io.harborgateway.lifecycle;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts what is in flight: exchanges or connections. {@link #started()} and {@link #ended()} are
 * for the event loops: striped, no allocation, no lock. Each call of the former must be paired with
 * one of the latter.
 */
public final class InFlight {
  private static final Duration POLL = Duration.ofMillis(20);

  // Two sums instead of one: a striped sum is not read at one moment, and one that goes up and down
  // could read 0 while something is in flight. These only grow, see count().
  private final LongAdder started = new LongAdder();
  private final LongAdder ended = new LongAdder();

  /** Counts one more in flight. */
  public void started() {
    started.increment();
  }

  /** Counts one fewer in flight. */
  public void ended() {
    ended.increment();
  }

  /**
   * The number in flight. Concurrent changes may make it momentarily too high, never too low: the
   * ends are read first, so that each of them is matched by a start read afterwards.
   */
  public long count() {
    long endedBefore = ended.sum();
    return started.sum() - endedBefore;
  }

  /**
   * Blocks until nothing is in flight. For the control plane: it polls every 20 ms, so that event
   * loops need not signal.
   *
   * @param timeout longest wait; zero checks once
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
