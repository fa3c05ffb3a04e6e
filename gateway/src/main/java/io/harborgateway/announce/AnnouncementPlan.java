package io.harborgateway.announce;

import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.announce.routingapi.RoutingApiAccess;
import io.harborgateway.config.RegistrationConfig;
import org.jspecify.annotations.Nullable;

/**
 * What is announced and where: the section {@code registration}, completed from route_registrar's
 * settings file if it names one. Immutable.
 *
 * @param registration with at least one NATS server
 * @param routingApi null if there is none; then only dynamic files may have TCP routes, later
 * @param registrar null if no settings file is named
 */
public record AnnouncementPlan(
    RegistrationConfig registration,
    @Nullable RoutingApiAccess routingApi,
    @Nullable RegistrarSettings registrar) {}
