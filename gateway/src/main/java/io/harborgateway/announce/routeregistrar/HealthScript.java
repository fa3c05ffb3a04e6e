package io.harborgateway.announce.routeregistrar;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a route's health script at once and then at each of its intervals, as route_registrar does:
 * exit code 0 is healthy; any other, or a timeout, is not. One virtual thread runs it, so that runs
 * never overlap.
 */
public final class HealthScript implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HealthScript.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** Notified of every run, on the script's thread. */
  @FunctionalInterface
  public interface Observer {
    /**
     * A run has ended.
     *
     * @param reason human-readable
     */
    void checked(boolean healthy, String reason);
  }

  private final ScriptCheck check;
  private final ScriptEnvironment environment;
  private final Duration interval;
  private final Observer observer;
  private final Thread thread;
  private volatile boolean closing;

  /**
   * @param interval from the start of one run to the start of the next; longer than the check's
   *     timeout
   */
  public HealthScript(
      ScriptCheck check, ScriptEnvironment environment, Duration interval, Observer observer) {
    this.check = check;
    this.environment = environment;
    this.interval = interval;
    this.observer = observer;
    this.thread =
        Thread.ofVirtual().name("health-script " + check.name()).unstarted(this::runAtIntervals);
  }

  /** Starts the first run. Returns at once. */
  public void start() {
    thread.start();
  }

  /**
   * Stops the script, killing a run in progress; the observer is not called after this returns.
   * Waits at most 5 s.
   */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      if (thread.isAlive() && !thread.join(CLOSE_TIMEOUT)) {
        LOG.warn("health script {} has not ended within {}", check.name(), CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void runAtIntervals() {
    long next = System.nanoTime();
    while (!closing) {
      try {
        runOnce();
        next += interval.toNanos();
        long pause = next - System.nanoTime();
        if (pause > 0) {
          Thread.sleep(Duration.ofNanos(pause));
        } else {
          next -= pause; // like Go's ticker, drops missed ticks
        }
      } catch (InterruptedException e) {
        // Only close() interrupts; the loop's condition ends it.
        LOG.debug("health script {} was interrupted", check.name());
      }
    }
  }

  private void runOnce() throws InterruptedException {
    try {
      ScriptRun.Outcome outcome = ScriptRun.of(check, environment);
      if (!closing) {
        observer.checked(outcome.healthy(), outcome.reason());
      }
    } catch (RuntimeException | Error e) {
      // Catches everything: without further runs the route would keep its state forever.
      LOG.error("Health script {} failed; it is tried again", check.name(), e);
    }
  }
}
