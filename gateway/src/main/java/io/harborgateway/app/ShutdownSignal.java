package io.harborgateway.app;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * Ends the process on SIGTERM and SIGINT: the first begins an orderly end, after which it exits
 * with 0; the second ends it now, with 128 and the signal's number. A shutdown hook would not do:
 * while the JVM runs those it takes no other signal.
 */
@SuppressWarnings("sunapi") // the JDK has no other way to see a second signal
final class ShutdownSignal {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownSignal.class);
  private static final int KILLED = 128;

  private final Runnable end;
  private final AtomicBoolean ending = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * Installs the handlers.
   *
   * @param end what is to be done before the exit; runs on a thread of its own
   */
  ShutdownSignal(Runnable end) {
    this.end = end;
    Signal.handle(new Signal("TERM"), this::received);
    Signal.handle(new Signal("INT"), this::received);
  }

  private void received(Signal signal) {
    if (ending.compareAndSet(false, true)) {
      Thread.ofPlatform().name("shutdown").start(this::end);
      return;
    }
    LOG.warn("SIG{} again: ending now", signal.getName());
    Runtime.getRuntime().halt(KILLED + signal.getNumber());
  }

  private void end() {
    try {
      end.run();
    } finally {
      ended.countDown();
    }
  }

  /** Waits until the end is done. */
  void await() {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
