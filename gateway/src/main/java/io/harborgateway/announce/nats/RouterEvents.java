package io.harborgateway.announce.nats;

import io.harborgateway.pace.PacedLine;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Handles messages from routers, acting at most once a second: anybody on NATS can send them as
 * often as it likes. Thread-safe.
 */
final class RouterEvents implements MessageBus.Observer {
  /**
   * Least time between two answers to starting routers, and between two adjustments to the routers'
   * bounds.
   */
  static final Duration PAUSE = Duration.ofSeconds(1);

  /** Number of gateways that a starting router can hear all at once. */
  private static final int SMALL_FLEET = 100;

  private static final Logger LOG = LoggerFactory.getLogger(RouterEvents.class);

  private final KnownRouters routers;
  private final Runnable connection;
  private final IntSupplier fleetSize;
  private final PacedTask answer;
  private final PacedTask adjustment;
  private final PacedLine unreadable = new PacedLine(LOG, Level.WARN);

  /**
   * @param connection run for each connection by a thread of the bus; must not block
   * @param fleetSize number of gateways that announce at these servers
   * @param answer registers all routes for a starting router
   * @param adjustment adjusts the intervals to the routers' bounds
   */
  RouterEvents(
      KnownRouters routers,
      AnnouncerThread control,
      Runnable connection,
      IntSupplier fleetSize,
      Runnable answer,
      Runnable adjustment) {
    this.routers = routers;
    this.connection = connection;
    this.fleetSize = fleetSize;
    this.answer = new PacedTask(answer, PAUSE, control, System::nanoTime);
    this.adjustment = new PacedTask(adjustment, PAUSE, control, System::nanoTime);
  }

  @Override
  public void connected() {
    routers.begin();
    connection.run();
  }

  @Override
  public void routerStarted(byte[] message) {
    take(message);
    int fleet = fleetSize.getAsInt();
    answer.request(
        fleet <= SMALL_FLEET
            ? Duration.ZERO
            : Duration.ofMillis(ThreadLocalRandom.current().nextInt(fleet)));
  }

  @Override
  public void routerGreeted(byte[] message) {
    take(message);
  }

  private void take(byte[] message) {
    try {
      routers.heard(message);
    } catch (IllegalArgumentException e) {
      unreadable.log("A router's message is passed over: " + e.getMessage());
    }
    adjustment.request(Duration.ZERO);
  }
}
