package io.harborgateway.announce.nats;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A router as it described itself.
 *
 * @param minimumRegisterIntervalInSeconds the least interval at which it wants to hear of a route;
 *     null: not stated
 * @param pruneThresholdInSeconds time after which it prunes a plain route; null: not stated
 * @param heard time of its last message
 */
public record RouterStatus(
    String id,
    List<String> hosts,
    @Nullable Double minimumRegisterIntervalInSeconds,
    @Nullable Double pruneThresholdInSeconds,
    Instant heard) {}
