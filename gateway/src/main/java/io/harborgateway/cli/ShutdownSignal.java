package io.harborgateway.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process on SIGTERM and SIGINT: the first begins an orderly shutdown, after which it
 * exits with 0; the second ends it immediately, with 128 plus the signal's number. A shutdown hook
 * would not do: while hooks run, the JVM handles no further signal.
 */
final class ShutdownSignal {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownSignal.class);
  private static final int KILLED = 128;
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  private final Runnable beforeHalt;
  private final CountDownLatch asked = new CountDownLatch(1);
  private final AtomicBoolean ending = new AtomicBoolean();

  /**
   * Installs the handlers.
   *
   * @param beforeHalt last action after a second signal; must be quick
   */
  ShutdownSignal(Runnable beforeHalt) {
    this.beforeHalt = beforeHalt;
    handle("TERM", SIGTERM);
    handle("INT", SIGINT);
  }

  private void handle(String name, int number) {
    if (!Signals.handle(name, signal -> received(signal, number))) {
      LOG.warn(
          "SIG{} is ignored, as whoever started this process wanted it (a background job of a shell"
              + " has SIGINT ignored)",
          name);
    }
  }

  private void received(String name, int number) {
    if (ending.compareAndSet(false, true)) {
      asked.countDown();
      return;
    }
    LOG.warn("SIG{} again: ending now", name);
    beforeHalt.run();
    Runtime.getRuntime().halt(KILLED + number);
  }

  /** Begins an orderly shutdown as the first signal does, which then still is the first. */
  void ask() {
    asked.countDown();
  }

  /** Whether it is to end. */
  boolean isAsked() {
    return asked.getCount() == 0;
  }

  /** Waits for the first signal; returns at once if it has already arrived. */
  void await() {
    try {
      asked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
