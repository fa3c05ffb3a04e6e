/**
 * What is to be announced, by the configuration and by route_registrar's files. How it is said
 * stands in the packages below: {@code nats}, {@code routingapi}; what is in the files, in {@code
 * routeregistrar}.
 */
package io.harborgateway.announce;
