package io.harborgateway.supervise;

import io.harborgateway.lifecycle.NodeEvents;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager that started this process how it is, as sd_notify(3) has it. Without
 * one (no {@code NOTIFY_SOCKET}) every method does nothing.
 *
 * <ul>
 *   <li>{@code READY=1} when the start is over, and after each reload by a signal, which {@code
 *       RELOADING=1} begins ({@code Type=notify-reload}).
 *   <li>{@code STATUS=} when it changes, at most once a second.
 *   <li>{@code WATCHDOG=1} at half of the time after which the manager would end the process, while
 *       the threads that must not block answer. One that is late is made up for within a second.
 *   <li>{@code STOPPING=1} when the process ends; then {@code EXTEND_TIMEOUT_USEC=}, so that the
 *       manager waits for the drain, and no longer. A drain that only an operator wants does not
 *       say so: the manager would end the process.
 * </ul>
 *
 * <p>Thread-safe: all is sent by one thread of its own, in the order of the calls.
 */
public final class Supervision implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Supervision.class);
  private final @Nullable Notifier notifier;

  private Supervision(@Nullable Notifier notifier) {
    this.notifier = notifier;
  }

  /**
   * Connects to the service manager of this environment, if there is one.
   *
   * @param process id of this process
   * @param events whose changes are told at once
   */
  public static Supervision of(
      Map<String, String> environment, long process, NodeState node, NodeEvents events) {
    try {
      NotifyEnvironment told = NotifyEnvironment.of(environment, process);
      String name = told.socket();
      if (name == null) {
        return new Supervision(null);
      }
      var notifier = new Notifier(NotifySocket.to(name), told.watchdog(), node);
      notifier.start();
      events.subscribe(notifier::see);
      return new Supervision(notifier);
    } catch (IOException | IllegalArgumentException e) {
      LOG.error("the service manager is told nothing: NOTIFY_SOCKET: {}", e.getMessage());
      return new Supervision(null);
    }
  }

  /** Says that the start is over. */
  public void started() {
    if (notifier != null) {
      notifier.run(notifier::ready);
    }
  }

  /**
   * Runs a reload, and says that it runs until it has ended, whatever has become of it: what was in
   * force before serves.
   *
   * @param begin begins it, and returns what ends with it
   */
  public void reload(Supplier<? extends CompletionStage<?>> begin) {
    if (notifier == null) {
      var _ = begin.get();
      return;
    }
    notifier.run(notifier::reloading);
    begin.get().whenComplete((result, failure) -> notifier.run(notifier::reloaded));
  }

  /** Says that the process ends. */
  public void stopping() {
    if (notifier != null) {
      notifier.run(notifier::stopping);
    }
  }

  /**
   * Says that another process is the service from now on, and nothing more: the rest is up to that
   * one. It needs the same {@code NOTIFY_SOCKET}, no {@code WATCHDOG_PID} of this process, and
   * {@code NotifyAccess=all} if it speaks before.
   */
  public void handOver(long process) {
    if (notifier != null) {
      notifier.run(() -> notifier.handOver(process));
    }
  }

  /** Ends; waits briefly for what is still to be sent. */
  @Override
  public void close() {
    if (notifier != null) {
      notifier.close();
    }
  }
}
