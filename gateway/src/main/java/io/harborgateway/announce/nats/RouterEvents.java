package io.harborgateway.announce.nats;

import io.harborgateway.pace.PacedLine;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What routers say, and what is done about it once a second at most: anybody on NATS can say it as
 * often as it likes. Safe for use by any thread.
 */
final class RouterEvents implements MessageBus.Observer {
  /** Between two answers to routers that start, and between two looks at what routers want. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  /** Up to so many gateways a router that starts can hear them all at once. */
  private static final int SMALL_FLEET = 100;

  private static final Logger LOG = LoggerFactory.getLogger(RouterEvents.class);

  private final KnownRouters routers;
  private final Runnable connection;
  private final IntSupplier fleetSize;
  private final PacedTask answer;
  private final PacedTask adjustment;
  private final PacedLine unreadable = new PacedLine(LOG, Level.WARN);

  /**
   * @param connection run by a thread of the bus, for each connection; must not block
   * @param fleetSize how many gateways announce at these servers
   * @param answer tells all routes to a router that starts
   * @param adjustment adjusts the intervals to what the routers want
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
