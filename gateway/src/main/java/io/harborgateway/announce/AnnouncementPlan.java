package io.harborgateway.announce;

import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.announce.routingapi.RoutingApiAccess;
import io.harborgateway.config.RegistrationConfig;
import org.jspecify.annotations.Nullable;

/**
 * What is announced, and where: the section {@code registration}, completed by route_registrar's
 * settings file where it names one. Immutable.
 *
 * @param registration with one NATS server at least
 * @param routingApi null: there is none, and no TCP route but those that files may have later
 * @param registrar null: no such file is named
 */
public record AnnouncementPlan(
    RegistrationConfig registration,
    @Nullable RoutingApiAccess routingApi,
    @Nullable RegistrarSettings registrar) {}
