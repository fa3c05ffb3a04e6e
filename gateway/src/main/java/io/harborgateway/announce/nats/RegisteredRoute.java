package io.harborgateway.announce.nats;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A route that can be announced.
 *
 * @param id by which it is announced and withdrawn, unique in an {@link Announcer}; human-readable
 * @param message register message
 * @param interval interval at which it is registered again, within the routers' bounds; null: the
 *     configured one
 */
public record RegisteredRoute(String id, RegistryMessage message, @Nullable Duration interval) {
  /** Creates a route with the configured interval. */
  public RegisteredRoute(String id, RegistryMessage message) {
    this(id, message, null);
  }
}
