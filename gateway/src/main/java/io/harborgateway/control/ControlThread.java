package io.harborgateway.control;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single thread that decides about ports and routes. A task that throws is logged, and later
 * ones still run. After {@link #shutdownNow}, tasks are discarded, since event loops report events
 * until the very end; whoever waits for a discarded task is told at once.
 */
final class ControlThread extends ScheduledThreadPoolExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);

  private final Duration patience;

  /**
   * @param patience how long {@link #run} and {@link #end} wait
   */
  ControlThread(Duration patience) {
    super(
        1,
        Thread.ofPlatform().name("control").daemon().factory(),
        (task, executor) -> cancel(task));
    this.patience = patience;
  }

  /** Cancels a discarded task, so that nobody waits for what will never run. */
  private static void cancel(Runnable discarded) {
    if (discarded instanceof Future<?> future) {
      future.cancel(false);
    }
  }

  /**
   * Runs the task and waits for its end, but not forever: this thread may be stuck, or have ended.
   * A task that outlasts the wait still runs when its turn comes.
   *
   * @param what the task does, for the log
   * @return false if the task has not completed, or has failed
   */
  boolean run(String what, Runnable task) {
    Future<?> done = submit(task);
    try {
      done.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      LOG.error("{}: the control thread has not done it within {}", what, patience);
    } catch (CancellationException e) {
      LOG.warn("{}: the control thread has ended", what);
    } catch (ExecutionException e) {
      LOG.debug("{}: failed, and was logged by the control thread", what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /**
   * Runs the task and waits for its end, however long it takes once it has begun. A task that can't
   * begin in time is dropped and never runs.
   *
   * @param what the task does, for the log
   * @param limit longest time to wait for its turn; positive
   * @return false if it was dropped; true even if it has failed, which is logged
   */
  boolean runOrDrop(String what, Runnable task, Duration limit) {
    var claimed = new AtomicBoolean();
    Future<?> done =
        submit(() -> {
          if (claimed.compareAndSet(false, true)) {
            task.run();
          }
        });
    while (true) {
      try {
        done.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        return true;
      } catch (TimeoutException e) {
        if (claimed.compareAndSet(false, true)) {
          LOG.error("{}: the control thread has not begun it within {}; dropped", what, limit);
          return false;
        }
        LOG.warn("{}: takes longer than {}; waiting on", what, limit);
      } catch (CancellationException e) {
        LOG.warn("{}: the control thread has ended", what);
        return !claimed.compareAndSet(false, true);
      } catch (ExecutionException e) {
        LOG.debug("{}: failed, and was logged by the control thread", what, e);
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return !claimed.compareAndSet(false, true);
      }
    }
  }

  /**
   * Runs the task now and again after each pause, even after it has thrown.
   *
   * @param what the task does, for the log
   */
  void repeat(String what, Runnable task, Duration pause) {
    Runnable guarded =
        () -> {
          try {
            task.run();
          } catch (RuntimeException | Error e) {
            LOG.error("{}: failed; tried again in {}", what, pause, e);
          }
        };
    scheduleWithFixedDelay(guarded, 0, pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Logs what a task threw: the executor keeps it in the future, where nobody looks. */
  @Override
  protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
    super.afterExecute(task, thrown);
    if (task instanceof Future<?> future && future.state() == Future.State.FAILED) {
      LOG.error("a task of the control thread failed", future.exceptionNow());
    }
  }

  /**
   * Ends the thread and cancels pending tasks, notifying those who wait for them. Waits for the
   * running task, which needs what the caller closes next, but not forever.
   */
  void end() {
    shutdownNow().forEach(ControlThread::cancel);
    try {
      if (!awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.error("the control thread has not ended within {}", patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
