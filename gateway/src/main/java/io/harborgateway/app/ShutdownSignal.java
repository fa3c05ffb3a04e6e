package io.harborgateway.app;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process on SIGTERM and SIGINT: the first begins an orderly end, after which it exits
 * with 0; the second ends it now, with 128 and the signal's number. A shutdown hook would not do:
 * while the JVM runs those it takes no other signal.
 */
final class ShutdownSignal {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownSignal.class);
  private static final int KILLED = 128;
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

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
    handle("INT", SIGINT);
    handle("TERM", SIGTERM);
  }

  /**
   * By reflection: javac warns of {@code sun.misc.Signal} in a way that can't be allowed, and the
   * JDK has nothing else that sees a second signal.
   */
  private void handle(String name, int number) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object listener =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  received(name, number);
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK takes no handler for SIG" + name, e);
    }
  }

  private void received(String name, int number) {
    if (ending.compareAndSet(false, true)) {
      Thread.ofPlatform().name("shutdown").start(this::end);
      return;
    }
    LOG.warn("SIG{} again: ending now", name);
    Runtime.getRuntime().halt(KILLED + number);
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
