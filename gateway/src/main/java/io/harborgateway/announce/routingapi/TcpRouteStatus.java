package io.harborgateway.announce.routingapi;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one TCP route stood at one moment.
 *
 * @param lastUpserted when the routing API last took it; null: never
 * @param upserts how often the routing API took it
 * @param lastError why the routing API refuses this route, where it takes others; null: it does not
 */
public record TcpRouteStatus(
    String id,
    State state,
    @Nullable Instant lastUpserted,
    long upserts,
    @Nullable String lastError) {

  /** What is wanted, and whether the routing API has it. */
  public enum State {
    /** Never announced by this process. */
    IDLE,
    /** Announced, but the routing API has not taken it, or not for so long that it forgot it. */
    ANNOUNCING,
    /** Announced, and the routing API has it. */
    ANNOUNCED,
    /** Withdrawn, but the routing API may have it still. */
    WITHDRAWING,
    /** Withdrawn: deleted, or forgotten by the routing API. */
    WITHDRAWN
  }
}
