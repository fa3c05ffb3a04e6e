package io.harborgateway.announce.routeregistrar;

import org.jspecify.annotations.Nullable;

/**
 * The section {@code nats_mtls_config}: paths of PEM files, as written.
 *
 * @param enabled as written, and true if absent: newer versions of route_registrar ignore it and
 *     use the files whenever a server requires TLS
 */
public record BusTls(
    boolean enabled, @Nullable String certificate, @Nullable String key, @Nullable String ca) {}
