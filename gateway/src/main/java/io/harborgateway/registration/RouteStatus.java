package io.harborgateway.registration;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one route stood at one moment.
 *
 * @param lastRegistered when a register message was last handed to NATS; null: never
 * @param registrations how many register messages were handed to NATS
 */
public record RouteStatus(
    String id, State state, @Nullable Instant lastRegistered, long registrations) {

  /** What the routers are to know. Whether NATS was there to tell them is said by the rest. */
  public enum State {
    /** Never announced by this process. */
    IDLE,
    /** Announced, again at each interval. */
    ANNOUNCED,
    /** Announced before, now taken back. */
    WITHDRAWN
  }
}
