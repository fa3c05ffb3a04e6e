package io.harborgateway.upstream;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The status of one address of an upstream.
 *
 * @param failure why the last dial, by a check or by traffic, failed; null: it answered, or has not
 *     been dialled yet
 * @param since time since which dials have failed this way; null if they do not
 */
public record AddressStatus(String address, @Nullable String failure, @Nullable Instant since) {}
