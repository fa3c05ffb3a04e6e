package io.harborgateway.announce.nats;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A router as it described itself.
 *
 * @param minimumRegisterIntervalInSeconds how often it wants to hear of a route at most; null: not
 *     said
 * @param pruneThresholdInSeconds after which it forgets a plain route; null: not said
 * @param heard when it said so last
 */
public record RouterStatus(
    String id,
    List<String> hosts,
    @Nullable Double minimumRegisterIntervalInSeconds,
    @Nullable Double pruneThresholdInSeconds,
    Instant heard) {}
