/**
 * Tells the TCP routers of Cloud Foundry which of their ports, and which names of a port, lead to
 * this node: through the routing API, as route_registrar does.
 *
 * <p>In reading order: {@link io.harborgateway.announce.routingapi.RoutingApiAnnouncer} decides
 * what to send when; {@link io.harborgateway.announce.routingapi.TcpRouteMapping} is what is sent;
 * {@code RoutingApiClient} sends it, with a token from {@code UaaTokens}, over {@code HttpsPeer}.
 *
 * <p>The protocol is that of cloudfoundry/routing-api ({@code docs/02-api-docs.md}, {@code
 * client.go}, {@code handlers/}) and its use that of cloudfoundry/route-registrar ({@code
 * routingapi/api.go}). It differs from route_registrar in that a route is announced again after a
 * third of its TTL, a failing one is retried forever without stopping the others, a token that the
 * API refuses is replaced, and certificates are read again.
 */
@NullMarked
package io.harborgateway.announce.routingapi;

import org.jspecify.annotations.NullMarked;
