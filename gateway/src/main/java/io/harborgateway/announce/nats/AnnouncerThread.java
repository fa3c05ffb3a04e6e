package io.harborgateway.announce.nats;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control thread of an {@link Announcer}: runs its tasks one after the other, and goes on after
 * one that fails. Thread-safe.
 */
final class AnnouncerThread implements PacedTask.Scheduler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AnnouncerThread.class);

  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(
          1,
          Thread.ofVirtual().name("registration").factory(),
          // after close() nobody needs the result
          new ThreadPoolExecutor.DiscardPolicy());

  void execute(Runnable task) {
    executor.execute(guarded(task));
  }

  <T> Future<T> submit(Callable<T> task) {
    return executor.submit(task);
  }

  @Override
  public void later(Runnable task, Duration delay) {
    schedule(task, delay);
  }

  Future<?> schedule(Runnable task, Duration delay) {
    return executor.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Logs what a task throws: a scheduled task that throws would silently never run again. */
  static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("Announcing failed; it is tried again at the next interval", e);
      }
    };
  }

  boolean isClosed() {
    return executor.isShutdown();
  }

  /** Ends the thread. Pending tasks are not run. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
