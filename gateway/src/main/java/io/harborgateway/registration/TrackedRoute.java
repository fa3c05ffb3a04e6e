package io.harborgateway.registration;

import io.harborgateway.registration.RouteStatus.State;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route on its way between unproven, announced and withdrawn: the one place where that is
 * decided. Confined to the control thread of its {@link Announcer}, but for {@link #status}.
 */
final class TrackedRoute {
  /** Told of each change of state. */
  interface Listener {
    void moved(TrackedRoute route, State from, RouteStatus now);
  }

  /** Hands a message to the routers. */
  interface Publisher {
    /** Returns false if it could not be handed over. */
    boolean publish(String subject, List<byte[]> messages);

    /** Bytes that one message may have. */
    int maxPayload();
  }

  static final String REGISTER = "router.register";
  static final String UNREGISTER = "router.unregister";

  /** As route_registrar's limit: enough for a message lost, few enough for a node that is gone. */
  static final int UNREGISTRATIONS = 5;

  private static final String NOT_TOLD = "waits for NATS";

  private final String id;
  private final Clock clock;
  private final Listener listener;
  private RegisterMessage message;
  private int unregistrationsLeft;
  private boolean everAnnounced;
  private volatile RouteStatus status;

  TrackedRoute(RegisteredRoute route, Clock clock, Listener listener) {
    this.id = route.id();
    this.message = route.message();
    this.clock = clock;
    this.listener = listener;
    this.status = new RouteStatus(id, State.UNPROVEN, "not checked yet", clock.instant(), null, 0);
  }

  String id() {
    return id;
  }

  /** For any thread. */
  RouteStatus status() {
    return status;
  }

  private State state() {
    return status.state();
  }

  /** All that it needs holds; nothing happens if it did before. */
  void prove() {
    if (state() == State.PROVEN || state() == State.ANNOUNCED) {
      return;
    }
    message = message.announcedAt(clock.instant());
    move(State.PROVEN, NOT_TOLD);
  }

  /** Something that it needs does not hold. */
  void disprove(String reason) {
    switch (state()) {
      case ANNOUNCED -> {
        unregistrationsLeft = UNREGISTRATIONS;
        move(State.WITHDRAWING, reason);
      }
      case PROVEN -> {
        // Whoever was told of it before it was withdrawn the last time may have missed that.
        unregistrationsLeft = everAnnounced ? UNREGISTRATIONS : 0;
        move(everAnnounced ? State.WITHDRAWING : State.UNPROVEN, reason);
      }
      case UNPROVEN, WITHDRAWING, WITHDRAWN -> explain(reason);
    }
  }

  /** The routers may have missed what they were told: it is withdrawn again if it was. */
  void tellAgain() {
    if (state() == State.WITHDRAWN) {
      unregistrationsLeft = UNREGISTRATIONS;
      move(State.WITHDRAWING, status.reason());
    } else if (state() == State.WITHDRAWING) {
      unregistrationsLeft = UNREGISTRATIONS;
    }
  }

  boolean isWithdrawing() {
    return state() == State.WITHDRAWING;
  }

  boolean isGone() {
    return state() == State.UNPROVEN || state() == State.WITHDRAWN;
  }

  /** Tells the routers what is to be told of it now, if anything. */
  void tell(Publisher publisher) {
    switch (state()) {
      case PROVEN, ANNOUNCED -> register(publisher);
      case WITHDRAWING -> unregister(publisher);
      case UNPROVEN, WITHDRAWN -> {
        // nothing is to be told
      }
    }
  }

  private void register(Publisher publisher) {
    if (!publisher.publish(REGISTER, message.json(publisher.maxPayload()))) {
      return;
    }
    everAnnounced = true;
    RouteStatus before = status;
    status =
        new RouteStatus(
            id,
            before.state(),
            before.reason(),
            before.since(),
            clock.instant(),
            before.registrations() + 1);
    if (state() == State.PROVEN) {
      move(State.ANNOUNCED, "");
    }
  }

  private void unregister(Publisher publisher) {
    if (publisher.publish(UNREGISTER, message.json(publisher.maxPayload()))) {
      unregistrationsLeft--;
      if (unregistrationsLeft == 0) {
        move(State.WITHDRAWN, status.reason());
      }
    }
  }

  private void explain(String reason) {
    RouteStatus before = status;
    if (!before.reason().equals(reason)) {
      status =
          new RouteStatus(
              id,
              before.state(),
              reason,
              before.since(),
              before.lastRegistered(),
              before.registrations());
      listener.moved(this, before.state(), status);
    }
  }

  private void move(State to, String reason) {
    RouteStatus before = status;
    @Nullable Instant lastRegistered = before.lastRegistered();
    status =
        new RouteStatus(id, to, reason, clock.instant(), lastRegistered, before.registrations());
    listener.moved(this, before.state(), status);
  }
}
