package io.harborgateway.announce.nats;

import io.harborgateway.announce.state.RouteState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of one route.
 *
 * @param reason what holds it back, or would if this were not the last node; otherwise empty
 * @param since time at which it entered this state
 * @param lastRegistered when a register message was last handed to NATS; null: never
 * @param registrations number of register messages handed to NATS
 */
public record RouteStatus(
    String id,
    RouteState state,
    String reason,
    Instant since,
    @Nullable Instant lastRegistered,
    long registrations) {}
