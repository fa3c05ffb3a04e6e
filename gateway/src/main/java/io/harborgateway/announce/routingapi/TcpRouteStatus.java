package io.harborgateway.announce.routingapi;

import io.harborgateway.announce.state.RouteState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of one TCP route.
 *
 * @param state announced: the routing API has it; ready: it has not accepted it yet, or its TTL has
 *     expired since; withdrawing: it may still have it; withdrawn: it has deleted it, or its TTL
 *     has expired
 * @param reason what holds it back; otherwise empty
 * @param lastUpserted when the routing API last accepted it; null: never
 * @param upserts how often the routing API accepted it
 * @param lastError why the routing API rejects this route in particular; null: it does not
 */
public record TcpRouteStatus(
    String id,
    RouteState state,
    String reason,
    @Nullable Instant lastUpserted,
    long upserts,
    @Nullable String lastError) {}
