package io.harborgateway.control;

import io.harborgateway.announce.nats.InheritedRoute;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The steps in which a process comes to serve where another one does: it proves that it can,
 * accepts beside the other one, speaks to routers, and then needs the other one no longer. Confined
 * to one thread; blocks.
 */
final class Succession {
  /** For the first answers of upstreams and of NATS. */
  private static final Duration PROOF_LIMIT = Duration.ofSeconds(10);

  /** For a hundred thousand routes, by a process that has just started. */
  private static final Duration FLUSH_LIMIT = Duration.ofSeconds(15);

  private static final Duration PROOF_PAUSE = Duration.ofMillis(20);

  private final TakeOver other;
  private final Reconciler reconciler;
  private final Announcements announcements;

  /** Time in which routers learn that a route is gone. */
  private final Duration delay;

  private final BooleanSupplier isEnding;

  /**
   * @param isEnding whether this process has been told to end
   */
  Succession(
      TakeOver other,
      Reconciler reconciler,
      Announcements announcements,
      Duration delay,
      BooleanSupplier isEnding) {
    this.other = other;
    this.isEnding = isEnding;
    this.reconciler = reconciler;
    this.announcements = announcements;
    this.delay = delay;
  }

  /** Says nothing from now on. */
  void mute() throws IOException {
    try {
      announcements.mute();
    } catch (TimeoutException e) {
      throw new IOException("the announcements are busy", e);
    }
  }

  /** Waits until this process could do what the other one does. */
  void prove() throws IOException {
    long end = System.nanoTime() + PROOF_LIMIT.toNanos();
    while (true) {
      var unready = reconciler.notReady(other.answering());
      boolean isSilent = other.wasConnected() && !announcements.isConnected();
      if (unready.isEmpty() && !isSilent) {
        return;
      }
      if (System.nanoTime() - end > 0) {
        throw new IOException(
            unready.isEmpty()
                ? "NATS is not connected, as it is for the other process"
                : "no upstream of these listeners answers, as they do for the other process: "
                    + unready);
      }
      LockSupport.parkNanos(PROOF_PAUSE.toNanos());
    }
  }

  /**
   * Accepts and speaks. What only the other process has is withdrawn before: it serves that until
   * routers know.
   *
   * @param accepting called when this process accepts on the listeners' ports
   */
  void begin(Step accepting) throws IOException {
    List<InheritedRoute> announced = other.ready();
    Set<String> ids = announced.stream().map(InheritedRoute::id).collect(Collectors.toSet());
    try {
      if (announcements.part(announced)) {
        pause();
      }
      reconciler.begin(other.accepting(), ids);
      accepting.run();
      boolean parts = announcements.inherit(announced);
      announcements.unmute();
      other.delay(FLUSH_LIMIT.multipliedBy(2));
      if (!announcements.flush(FLUSH_LIMIT) && other.wasConnected() && !other.isAlone()) {
        throw new IOException("NATS has not taken the routes");
      }
      if (parts) {
        pause();
      }
    } catch (TimeoutException e) {
      throw new IOException("the announcements are busy", e);
    }
    if (isEnding.getAsBoolean() && !other.isAlone()) {
      throw new IOException("this process has been told to end");
    }
    other.serving();
    other.settled();
  }

  /** A step that may fail. */
  interface Step {
    void run() throws IOException;
  }

  private void pause() throws IOException {
    other.delay(delay);
    LockSupport.parkNanos(delay.toNanos());
  }
}
