package io.harborgateway.control;

import io.harborgateway.admin.ActionRefusedException;
import io.harborgateway.http.KeepAlivePolicy;
import io.harborgateway.lifecycle.Drain;
import io.harborgateway.lifecycle.DrainEvent;
import io.harborgateway.lifecycle.NodeEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the node out of service without losing a request: withdraws the routes, still accepts new
 * connections for a while, then closes the listeners, then waits for what is in flight. Can be
 * undone. Thread-safe.
 */
public final class DrainSequence {
  /** The phases of a drain. */
  public enum Phase {
    /** Not begun. */
    SERVING,
    /** The routers are being told. */
    WITHDRAWING,
    /** The routes are withdrawn; routers that do not know yet are still served. */
    WITHDRAWN,
    /** The listeners are closed; what is in flight goes on. */
    FINISHING,
    /** Nothing is in flight any more, or the time is up. */
    DRAINED
  }

  /** The drain as shown by {@code /status} and {@code /drain}. */
  record Status(Phase phase, Instant since, long connections) {}

  private static final Logger LOG = LoggerFactory.getLogger(DrainSequence.class);
  private static final Duration PROGRESS = Duration.ofSeconds(5);

  private final Drain drain;
  private final NodeEvents events;
  private final Reconciler reconciler;
  private final DataPlane plane;
  private final Supplier<Duration> delay;
  private final Supplier<Duration> timeout;
  private @Nullable Thread worker; // guarded by this
  private boolean stopping; // guarded by this
  private boolean frozen; // guarded by this
  private volatile Phase phase = Phase.SERVING;
  private volatile Instant since = Instant.now();

  /**
   * @param delay time between withdrawing the routes and closing the listeners; skipped if nothing
   *     is bound and no router knows a route, as after a start whose upstreams do not answer
   * @param timeout limit for what is in flight after that
   */
  DrainSequence(
      Drain drain,
      NodeEvents events,
      Reconciler reconciler,
      DataPlane plane,
      Supplier<Duration> delay,
      Supplier<Duration> timeout) {
    this.drain = drain;
    this.events = events;
    this.reconciler = reconciler;
    this.plane = plane;
    this.delay = delay;
    this.timeout = timeout;
  }

  Status status() {
    return new Status(phase, since, plane.limits().open());
  }

  /** Begins the drain and returns at once; returns false if it has already begun. */
  synchronized boolean begin() {
    if (!drain.begin()) {
      return false;
    }
    publish(DrainEvent.Phase.BEGUN);
    enter(Phase.WITHDRAWING);
    worker = Thread.ofPlatform().name("drain").daemon().start(this::run);
    return true;
  }

  /**
   * Finishes what is in flight while another process accepts and speaks for this node: nothing is
   * withdrawn, and idle connections stay until their next response, which announces the end. Ports
   * must have been {@linkplain Reconciler#release released}. Returns at once.
   */
  synchronized void handOver() {
    drain.begin();
    publish(DrainEvent.Phase.HANDED_OVER);
    enter(Phase.FINISHING);
    worker = Thread.ofPlatform().name("drain").daemon().start(this::finish);
  }

  private void finish() {
    try {
      reconciler.keep(KeepAlivePolicy.UNTIL_ANNOUNCED);
      awaitConnections();
      enter(Phase.DRAINED);
    } catch (InterruptedException e) {
      LOG.info("finishing what was in flight: stopped");
    }
  }

  /**
   * Makes the drain final, beginning it if necessary: from now on it can't be undone. Returns at
   * once.
   */
  synchronized void stop() {
    stopping = true;
    begin();
  }

  /**
   * Undoes the drain; returns false if none has begun.
   *
   * @throws ActionRefusedException once the process {@linkplain #stop stops}: requests in flight
   *     would be cut off at its end, and a route announced that is about to be dead
   */
  synchronized boolean undo() {
    if (stopping) {
      throw new ActionRefusedException("the process is ending: its drain can't be undone");
    }
    if (!drain.draining()) {
      return false;
    }
    stopWorker();
    reconciler.keep(KeepAlivePolicy.OPEN);
    drain.end();
    reconciler.resume();
    enter(Phase.SERVING);
    publish(DrainEvent.Phase.UNDONE);
    return true;
  }

  boolean isDraining() {
    return drain.draining();
  }

  /** Sets whether another process is about to take over, to which what begins here is lost. */
  synchronized void freeze(boolean isFrozen) {
    frozen = isFrozen;
  }

  /** Whether the process is stopping, or about to, so that nothing new begins. */
  synchronized boolean isStopping() {
    return stopping || frozen;
  }

  /** Waits for the end of the drain; returns at once if none has begun. */
  void await() {
    Thread current;
    synchronized (this) {
      current = worker;
    }
    if (current == null) {
      return;
    }
    try {
      current.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopWorker() {
    Thread current = worker;
    worker = null;
    if (current == null) {
      return;
    }
    current.interrupt();
    try {
      current.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      reconciler.keep(KeepAlivePolicy.UNTIL_ANNOUNCED);
      anyway("withdrawing the routes", reconciler::withdraw);
      enter(Phase.WITHDRAWN);
      publish(DrainEvent.Phase.ROUTES_WITHDRAWN);
      if (reconciler.isReachable()) {
        Thread.sleep(delay.get());
      }
      anyway("closing the listeners", reconciler::closeListeners);
      reconciler.keep(KeepAlivePolicy.NONE);
      reconciler.closeIdle();
      enter(Phase.FINISHING);
      publish(DrainEvent.Phase.LISTENERS_CLOSED);
      awaitConnections();
      enter(Phase.DRAINED);
    } catch (InterruptedException e) {
      LOG.info("draining: stopped");
    }
  }

  /** Runs a step; its failure must not cut off what is in flight. */
  private static void anyway(String what, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.error("draining: {} failed", what, e);
    }
  }

  private void awaitConnections() throws InterruptedException {
    long limit = timeout.get().toNanos();
    long end = System.nanoTime() + limit;
    for (long left = limit; left > 0; left = end - System.nanoTime()) {
      Duration step = Duration.ofNanos(Math.min(left, PROGRESS.toNanos()));
      if (plane.limits().awaitNone(step)) {
        publish(DrainEvent.Phase.DONE);
        return;
      }
      LOG.atInfo()
          .addKeyValue("connections", plane.limits().open())
          .log("draining: still in flight");
    }
    publish(DrainEvent.Phase.TIMED_OUT);
  }

  private void enter(Phase next) {
    since = Instant.now();
    phase = next;
  }

  private void publish(DrainEvent.Phase entered) {
    events.publish(new DrainEvent(entered, plane.limits().open()));
  }
}
