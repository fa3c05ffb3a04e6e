/**
 * Determines what to announce, from the configuration and route_registrar's files. How it is
 * announced is in the packages {@code nats} and {@code routingapi}; reading the files is in {@code
 * routeregistrar}.
 */
package io.harborgateway.announce;
