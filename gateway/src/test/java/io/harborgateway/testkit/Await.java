package io.harborgateway.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waiting for what another thread or process does, with a deadline. */
public final class Await {
  private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();

  private Await() {}

  /** What is waited for; it may fail while it does not hold yet. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws Exception;
  }

  /** Waits up to 10 s. */
  public static void until(String what, Condition condition) {
    until(what, Duration.ofSeconds(10), condition);
  }

  /**
   * Returns as soon as the condition holds.
   *
   * @param what names the condition in the failure
   * @throws AssertionError when it did not hold in time; its cause is what the condition threw last
   */
  public static void until(String what, Duration atMost, Condition condition) {
    long deadline = System.nanoTime() + atMost.toNanos();
    Exception last;
    do {
      try {
        if (condition.holds()) {
          return;
        }
        last = null;
      } catch (Exception e) {
        last = e;
      }
      LockSupport.parkNanos(POLL_NANOS);
    } while (System.nanoTime() < deadline);
    throw new AssertionError("not within " + atMost.toMillis() + " ms: " + what, last);
  }
}
