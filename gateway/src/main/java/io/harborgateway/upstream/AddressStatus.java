package io.harborgateway.upstream;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One address of an upstream.
 *
 * @param failure of the last dial of it, of a check or of traffic; null: it answered, or was not
 *     dialled yet
 * @param since when dials of it fail in this way; null where none fails
 */
public record AddressStatus(String address, @Nullable String failure, @Nullable Instant since) {}
