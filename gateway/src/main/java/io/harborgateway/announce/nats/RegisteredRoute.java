package io.harborgateway.announce.nats;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A route that can be announced.
 *
 * @param id by which it is announced and withdrawn, unique in an {@link Announcer}; human-readable
 * @param message what the routers are told
 * @param interval how often they are told again, within their bounds; null: the configured interval
 */
public record RegisteredRoute(String id, RegistryMessage message, @Nullable Duration interval) {
  /** Creates a route with the configured interval. */
  public RegisteredRoute(String id, RegistryMessage message) {
    this(id, message, null);
  }
}
