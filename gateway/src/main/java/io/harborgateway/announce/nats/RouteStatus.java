package io.harborgateway.announce.nats;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one route stood at one moment.
 *
 * @param reason what holds it back, or would if this were not the last node; else empty
 * @param since when it came into this state
 * @param lastRegistered when a register message was last handed to NATS; null: never
 * @param registrations how many register messages were handed to NATS
 */
public record RouteStatus(
    String id,
    State state,
    String reason,
    Instant since,
    @Nullable Instant lastRegistered,
    long registrations) {

  /** Where a route is on its way; drawn in docs/announcing.md. */
  public enum State {
    /** Something that it needs does not hold, and the routers were not told of it. */
    UNPROVEN,
    /** All holds; the routers are told as soon as NATS takes it. */
    PROVEN,
    /** The routers were told, and are again at each interval. */
    ANNOUNCED,
    /** Something does not hold any more; the routers are being told, several times. */
    WITHDRAWING,
    /** The routers were told that it is gone. */
    WITHDRAWN;

    /** Whether the routers know of it, or are to. */
    boolean isWanted() {
      return this == PROVEN || this == ANNOUNCED;
    }
  }
}
