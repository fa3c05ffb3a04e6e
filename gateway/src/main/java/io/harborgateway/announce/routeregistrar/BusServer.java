package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.values.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A NATS server of {@code message_bus_servers}.
 *
 * @param host {@code host:port} as written; route_registrar's client uses port 4222 if none is
 *     given
 * @param user null if not set
 * @param password null if not set
 */
public record BusServer(String host, @Nullable String user, @Nullable Secret password) {}
