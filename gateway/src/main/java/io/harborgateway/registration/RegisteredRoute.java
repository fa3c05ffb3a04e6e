package io.harborgateway.registration;

/**
 * A route that can be announced.
 *
 * @param id by which it is announced and withdrawn, unique in an {@link Announcer}; for people
 * @param message what the routers are told
 */
public record RegisteredRoute(String id, RegisterMessage message) {}
