package io.harborgateway.app;

import java.util.concurrent.CountDownLatch;

/**
 * Runs the orderly end of the process on SIGTERM and SIGINT. The JVM answers both by its shutdown
 * hooks, and would exit with 128 plus the signal's number; an end in order exits with 0.
 */
final class ShutdownSignal {
  private final CountDownLatch forEver = new CountDownLatch(1);

  /**
   * Installs the hook.
   *
   * @param end what is to be done before the exit
   */
  ShutdownSignal(Runnable end) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  end.run();
                  Runtime.getRuntime().halt(ExitCode.OK);
                },
                "shutdown"));
  }

  /** Waits until the process ends. */
  void await() {
    try {
      forEver.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
