package io.harborgateway.announce.routingapi;

import io.harborgateway.announce.state.RouteState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one TCP route stood at one moment.
 *
 * @param state announced: the routing API has it; ready: it has not taken it, or not for so long
 *     that it forgot it; withdrawing: it may have it still; withdrawn: it has deleted or forgotten
 *     it
 * @param reason what holds it back; else empty
 * @param lastUpserted when the routing API last took it; null: never
 * @param upserts how often the routing API took it
 * @param lastError why the routing API refuses this route, where it takes others; null: it does not
 */
public record TcpRouteStatus(
    String id,
    RouteState state,
    String reason,
    @Nullable Instant lastUpserted,
    long upserts,
    @Nullable String lastError) {}
