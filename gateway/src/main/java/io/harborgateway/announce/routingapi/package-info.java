/**
 * Tells the TCP routers of Cloud Foundry which of their ports, and which names of a port, lead to
 * this node: by the routing API, as route_registrar does it.
 *
 * <p>In reading order: {@link io.harborgateway.announce.routingapi.RoutingApiAnnouncer} decides
 * what is said when; {@link io.harborgateway.announce.routingapi.TcpRouteMapping} is what is said;
 * {@code RoutingApiClient} says it, with a token of {@code UaaTokens}, over {@code HttpsPeer}.
 *
 * <p>The protocol is that of cloudfoundry/routing-api ({@code docs/02-api-docs.md}, {@code
 * client.go}, {@code handlers/}) and the use made of it that of cloudfoundry/route-registrar
 * ({@code routingapi/api.go}). Where this differs from route_registrar: a route is announced again
 * after a third of its TTL, one that fails is tried again for ever and stops nothing else, a token
 * that the API refuses is replaced, and certificates are read again.
 */
@NullMarked
package io.harborgateway.announce.routingapi;

import org.jspecify.annotations.NullMarked;
