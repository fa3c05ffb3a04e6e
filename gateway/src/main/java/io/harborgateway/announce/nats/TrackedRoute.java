package io.harborgateway.announce.nats;

import io.harborgateway.announce.nats.RouteStatus.State;
import java.time.Clock;
import java.time.Duration;
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

  /**
   * How often it is told of for newcomers before its next intervals: for all nodes of a name at
   * once. Each interval allows one more, so that whoever comes and goes for ever can at most double
   * what is told.
   */
  static final int INTRODUCTIONS = OtherNodes.MAX_ENDPOINTS;

  private static final String NOT_TOLD = "waits for NATS";

  private final String id;
  private final Clock clock;
  private final Listener listener;
  private final Duration interval;
  private final List<String> names;
  private RegistryMessage message;
  private int unregistrationsLeft;
  private int introductionsLeft = INTRODUCTIONS;
  private boolean everAnnounced;

  /** Why it is announced although something does not hold; empty: all holds. */
  private String keptBecause = "";

  /** Whether it was counted as serving. Changed by the control thread, read by any. */
  private volatile boolean counted;

  /** Guarded by its entry in the map of its Announcer, not confined. */
  private boolean leaving;

  private volatile RouteStatus status;

  /**
   * @param configured the interval of a route that has none of its own
   */
  TrackedRoute(RegisteredRoute route, Duration configured, Clock clock, Listener listener) {
    this.id = route.id();
    this.interval = route.interval() == null ? configured : route.interval();
    this.message = route.message();
    this.names = message.names();
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

  /** How often it is to be told of, before the routers' bounds; for any thread. */
  Duration interval() {
    return interval;
  }

  /** Says whether it is to be forgotten once it is gone. */
  void leave(boolean leaves) {
    leaving = leaves;
  }

  boolean isLeaving() {
    return leaving;
  }

  RegistryMessage message() {
    return message;
  }

  /** What it is announced under; for any thread. */
  List<String> names() {
    return names;
  }

  private State state() {
    return status.state();
  }

  /** All that it needs holds. Returns whether the routers are to be told. */
  boolean prove() {
    return want("");
  }

  /**
   * Its upstream is down, and nobody else is known to serve its names: it is announced as the last
   * node. Returns whether the routers are to be told.
   *
   * @param reason for people
   */
  boolean keep(String reason) {
    return want(reason);
  }

  private boolean want(String because) {
    boolean last = !because.isEmpty();
    boolean isNews = !state().isWanted() || message.isLast() != last;
    message = message.asLast(last);
    keptBecause = because;
    if (!state().isWanted()) {
      message = message.announcedAt(clock.instant());
      move(State.PROVEN, NOT_TOLD);
    } else if (state() == State.ANNOUNCED) {
      explain(because);
    }
    return isNews || state() == State.PROVEN;
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

  /** Whether the routers know it, and it serves: it is not announced as the last node only. */
  boolean serves() {
    return state() == State.ANNOUNCED && keptBecause.isEmpty();
  }

  boolean isCounted() {
    return counted;
  }

  void count(boolean serves) {
    counted = serves;
  }

  boolean isWithdrawing() {
    return state() == State.WITHDRAWING;
  }

  boolean isGone() {
    return state() == State.UNPROVEN || state() == State.WITHDRAWN;
  }

  /**
   * Tells the routers of it if that is what they are to know. What this process has not announced
   * yet is unregistered right before: routers pass over an endpoint for 30 s after a reset, as by
   * the death of the process before this one, and a register message does not end that.
   *
   * @param announcedNames what of it has been announced
   */
  void register(Publisher publisher, AnnouncedNames announcedNames) {
    if (!state().isWanted()) {
      return;
    }
    RegistryMessage unknown = announcedNames.notIntroduced(message);
    if (unknown != null) {
      if (!publisher.publish(UNREGISTER, unknown.json(publisher.maxPayload()))) {
        return;
      }
      announcedNames.introduce(unknown);
    }
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
      move(State.ANNOUNCED, keptBecause);
    }
  }

  /** The same at its interval. */
  void registerAgain(Publisher publisher, AnnouncedNames announcedNames) {
    introductionsLeft = Math.min(introductionsLeft + 1, INTRODUCTIONS);
    register(publisher, announcedNames);
  }

  /** The same for another node that may not know of it, unless that was done too often already. */
  void registerForNewcomer(Publisher publisher, AnnouncedNames announcedNames) {
    if (state().isWanted() && introductionsLeft > 0) {
      introductionsLeft--;
      register(publisher, announcedNames);
    }
  }

  /**
   * Tells the routers that it is gone if it is being withdrawn.
   *
   * @param announcedNames what of it other routes announce, so that it is not gone
   */
  void unregister(Publisher publisher, AnnouncedNames announcedNames) {
    if (!isWithdrawing()) {
      return;
    }
    RegistryMessage left = announcedNames.unclaimed(message);
    if (left == null || publisher.publish(UNREGISTER, left.json(publisher.maxPayload()))) {
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
