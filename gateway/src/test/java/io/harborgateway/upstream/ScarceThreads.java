package io.harborgateway.upstream;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads of a system that can't start any at first, as behind {@code pids.max}. */
final class ScarceThreads implements ThreadFactory {
  private final int failures;
  private final AtomicInteger attempts = new AtomicInteger();

  /**
   * @param failures how many threads fail to start before others do start
   */
  ScarceThreads(int failures) {
    this.failures = failures;
  }

  /** Returns how many threads were started, or tried to be. */
  int attempts() {
    return attempts.get();
  }

  @Override
  public Thread newThread(Runnable task) {
    var thread =
        new Thread(task) {
          @Override
          public void start() {
            if (attempts.incrementAndGet() <= failures) {
              throw new OutOfMemoryError("unable to create it");
            }
            super.start();
          }
        };
    thread.setDaemon(true);
    return thread;
  }
}
