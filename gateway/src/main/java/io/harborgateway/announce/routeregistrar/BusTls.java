package io.harborgateway.announce.routeregistrar;

import org.jspecify.annotations.Nullable;

/**
 * The section {@code nats_mtls_config}: PEM files, as written.
 *
 * @param enabled as written, and true where nothing is: newer versions of route_registrar do not
 *     look at it, and use the files as soon as a server asks for TLS
 */
public record BusTls(
    boolean enabled, @Nullable String certificate, @Nullable String key, @Nullable String ca) {}
