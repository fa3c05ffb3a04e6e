package io.harborgateway.announce.nats;

import io.harborgateway.announce.state.RouteState;
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
    RouteState state,
    String reason,
    Instant since,
    @Nullable Instant lastRegistered,
    long registrations) {}
