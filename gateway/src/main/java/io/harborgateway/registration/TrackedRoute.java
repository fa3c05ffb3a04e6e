package io.harborgateway.registration;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A route and what has been said of it so far. Confined to the control thread of its {@link
 * Announcer}.
 */
final class TrackedRoute {
  /** As route_registrar's limit: enough for a message lost, few enough for a node that is gone. */
  private static final int UNREGISTRATIONS = 5;

  private final String id;
  private RegisterMessage message;
  private RouteStatus.State state = RouteStatus.State.IDLE;
  private @Nullable Instant lastRegistered;
  private long registrations;
  private int unregistrationsLeft;

  TrackedRoute(RegisteredRoute route) {
    this.id = route.id();
    this.message = route.message();
  }

  String id() {
    return id;
  }

  RouteStatus status() {
    return new RouteStatus(id, state, lastRegistered, registrations);
  }

  /** Returns false if it is announced already. */
  boolean announce(Instant now) {
    if (state == RouteStatus.State.ANNOUNCED) {
      return false;
    }
    state = RouteStatus.State.ANNOUNCED;
    message = message.announcedAt(now);
    return true;
  }

  /** Returns false if it is not announced. */
  boolean withdraw() {
    if (state != RouteStatus.State.ANNOUNCED) {
      return false;
    }
    state = RouteStatus.State.WITHDRAWN;
    repeatUnregistration();
    return true;
  }

  /** Lets a withdrawn route be unregistered as often as if it were withdrawn now. */
  void repeatUnregistration() {
    unregistrationsLeft = UNREGISTRATIONS;
  }

  boolean announced() {
    return state == RouteStatus.State.ANNOUNCED;
  }

  boolean unregistrationDue() {
    return state == RouteStatus.State.WITHDRAWN && unregistrationsLeft > 0;
  }

  void register(MessageBus bus, Instant now) {
    if (bus.publish("router.register", message.json())) {
      lastRegistered = now;
      registrations++;
    }
  }

  void unregister(MessageBus bus) {
    if (bus.publish("router.unregister", message.json())) {
      unregistrationsLeft--;
    }
  }
}
