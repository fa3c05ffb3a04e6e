package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.values.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A NATS server of {@code message_bus_servers}.
 *
 * @param host {@code host:port} as written; route_registrar's client takes 4222 where no port is
 * @param user null if none is written
 * @param password null if none is written
 */
public record BusServer(String host, @Nullable String user, @Nullable Secret password) {}
