package io.harborgateway.announce.nats;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A route that can be announced.
 *
 * @param id by which it is announced and withdrawn, unique in an {@link Announcer}; for people
 * @param message what the routers are told
 * @param interval how often they are told again, within their bounds; null: as often as the
 *     configuration says
 */
public record RegisteredRoute(String id, RegistryMessage message, @Nullable Duration interval) {
  /** Told again as often as the configuration says. */
  public RegisteredRoute(String id, RegistryMessage message) {
    this(id, message, null);
  }
}
