package io.harborgateway.announce.nats;

import io.harborgateway.announce.state.RouteState;
import io.harborgateway.announce.state.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of a route: held, announced, withdrawn. Confined to the control thread of its
 * {@link Announcer}, except for {@link #status}.
 */
final class TrackedRoute {
  /** Notified of each change of state. */
  interface Observer {
    void moved(TrackedRoute route, RouteState from, RouteStatus now);
  }

  /** Hands a message to the routers. */
  interface Publisher {
    /** Returns false if it could not be handed over. */
    boolean publish(String subject, List<byte[]> messages);

    /** Maximum size of one message in bytes. */
    int maxPayload();
  }

  static final String REGISTER = "router.register";
  static final String UNREGISTER = "router.unregister";

  /**
   * Same as route_registrar's limit: enough in case a message is lost, few enough for a node that
   * is gone.
   */
  static final int UNREGISTRATIONS = 5;

  /**
   * Number of registrations for newcomers before the next intervals: enough for all nodes of a name
   * at once. Each interval allows one more, so that a node that keeps coming and going can at most
   * double the messages.
   */
  static final int INTRODUCTIONS = OtherNodes.MAX_ENDPOINTS;

  private static final String NOT_CHECKED = "not checked yet";
  private static final String REPLACED = "replaced by the next version of the route";
  private static final String NOT_TOLD = "waits for NATS";

  private final String id;
  private final Clock clock;
  private final Observer observer;

  /** Changed by the control thread, read by any. */
  private volatile RegisteredRoute route;

  private RegistryMessage message;
  private int unregistrationsLeft;
  private int introductionsLeft = INTRODUCTIONS;
  private boolean everAnnounced;

  /** What holds the route back; only the last node is announced nevertheless. */
  private Verdict verdict = Verdict.held(NOT_CHECKED);

  /** Whether it was counted as serving. Changed by the control thread, read by any. */
  private volatile boolean counted;

  /** Guarded by its entry in its Announcer's map, not confined to the control thread. */
  private boolean leaving;

  private volatile RouteStatus status;

  TrackedRoute(RegisteredRoute route, Clock clock, Observer observer) {
    this.id = route.id();
    this.route = route;
    this.message = route.message();
    this.clock = clock;
    this.observer = observer;
    this.status = new RouteStatus(id, RouteState.HELD, NOT_CHECKED, clock.instant(), null, 0);
  }

  /** The rest of a replaced route, which is still to be unregistered. */
  private TrackedRoute(String id, RegistryMessage rest, TrackedRoute replaced) {
    this(new RegisteredRoute(id, rest), replaced.clock, replaced.observer);
    everAnnounced = true;
    unregistrationsLeft = UNREGISTRATIONS;
    verdict = Verdict.held(REPLACED);
    status = new RouteStatus(id, RouteState.WITHDRAWING, REPLACED, clock.instant(), null, 0);
  }

  /** Returns the route of a former process, which is to be unregistered. */
  static TrackedRoute former(String id, RegistryMessage message, Clock clock, Observer observer) {
    var route = new TrackedRoute(new RegisteredRoute(id, message), clock, observer);
    route.inherit("not announced by the process that has taken over");
    return route;
  }

  String id() {
    return id;
  }

  /** For any thread. */
  RouteStatus status() {
    return status;
  }

  /** The interval it asks for, before the routers' bounds apply; null: as configured. */
  @Nullable Duration interval() {
    return route.interval();
  }

  /** Sets whether the route is forgotten once it is withdrawn. */
  void leave(boolean leaves) {
    leaving = leaves;
  }

  boolean isLeaving() {
    return leaving;
  }

  RegistryMessage message() {
    return message;
  }

  /** The names it is announced under; for any thread. */
  List<String> names() {
    return route.message().names();
  }

  private RouteState state() {
    return status.state();
  }

  /** Nothing holds the route back any longer. Returns whether it must be registered. */
  boolean open() {
    return want(Verdict.open());
  }

  /**
   * Its upstream is down, and no other node is known to serve its names: it is announced as the
   * last node. Returns whether it must be registered.
   *
   * @param reason human-readable
   */
  boolean keep(String reason) {
    return want(Verdict.held(reason));
  }

  private boolean want(Verdict now) {
    verdict = now;
    boolean isNews = !state().isWanted() || message.isLast() == now.isOpen();
    message = message.asLast(!now.isOpen());
    if (!state().isWanted()) {
      message = message.announcedAt(clock.instant());
      move(RouteState.READY, NOT_TOLD);
    } else if (state() == RouteState.ANNOUNCED) {
      explain(reason(now));
    }
    return isNews || state() == RouteState.READY;
  }

  private static String reason(Verdict verdict) {
    return verdict instanceof Verdict.Held(String reason) ? reason : "";
  }

  /**
   * Routers know it from a former process: unless it is announced it is to be unregistered.
   *
   * @param reason human-readable, unless it is held for another one
   */
  void inherit(String reason) {
    everAnnounced = true;
    if (state() == RouteState.HELD) {
      unregistrationsLeft = UNREGISTRATIONS;
      move(RouteState.WITHDRAWING, status.reason().equals(NOT_CHECKED) ? reason : status.reason());
    }
  }

  /** Whether this tracks the other route, whatever its state. */
  boolean is(RegisteredRoute other) {
    return route.equals(other);
  }

  /**
   * Replaces the route by another one with the same id, keeping its state.
   *
   * @param restId the id of the returned route
   * @return the names that routers may know and the next route does not have, being withdrawn; null
   *     if there are none
   */
  @Nullable TrackedRoute replace(RegisteredRoute next, String restId) {
    RegistryMessage rest = mayBeKnown() ? message.without(next.message()) : null;
    RegistryMessage changed = next.message().asLast(message.isLast());
    message = state().isWanted() ? changed.announcedAt(clock.instant()) : changed;
    route = next;
    return rest == null ? null : new TrackedRoute(restId, rest, this);
  }

  boolean mayBeKnown() {
    return switch (state()) {
      case ANNOUNCED, WITHDRAWING -> true;
      case READY -> everAnnounced;
      case HELD, WITHDRAWN -> false;
    };
  }

  /** Holds the route back. */
  void hold(String reason) {
    verdict = Verdict.held(reason);
    switch (state()) {
      case ANNOUNCED -> {
        unregistrationsLeft = UNREGISTRATIONS;
        move(RouteState.WITHDRAWING, reason);
      }
      case READY -> {
        // Routers that knew it before the last withdrawal may have missed that withdrawal.
        unregistrationsLeft = everAnnounced ? UNREGISTRATIONS : 0;
        move(everAnnounced ? RouteState.WITHDRAWING : RouteState.HELD, reason);
      }
      case HELD, WITHDRAWING, WITHDRAWN -> explain(reason);
    }
  }

  /**
   * Starts over unregistering a route that is or was being withdrawn: the routers may have missed
   * it.
   */
  void tellAgain() {
    if (state() == RouteState.WITHDRAWN) {
      unregistrationsLeft = UNREGISTRATIONS;
      move(RouteState.WITHDRAWING, status.reason());
    } else if (state() == RouteState.WITHDRAWING) {
      unregistrationsLeft = UNREGISTRATIONS;
    }
  }

  /** Whether it is announced and serves, rather than being announced only as the last node. */
  boolean serves() {
    return state() == RouteState.ANNOUNCED && verdict.isOpen();
  }

  boolean isCounted() {
    return counted;
  }

  void count(boolean serves) {
    counted = serves;
  }

  boolean isWithdrawing() {
    return state() == RouteState.WITHDRAWING;
  }

  boolean isGone() {
    return state() == RouteState.HELD || state() == RouteState.WITHDRAWN;
  }

  /**
   * Registers the route if it should be announced. Names that this process has not announced yet
   * are unregistered first: routers skip an endpoint for 30 s after a connection reset, such as by
   * the death of the previous process, and a register message does not end that.
   *
   * @param announcedNames the names that have been announced
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
    if (state() == RouteState.READY) {
      move(RouteState.ANNOUNCED, reason(verdict));
    }
  }

  /** Registers it again at its interval. */
  void registerAgain(Publisher publisher, AnnouncedNames announcedNames) {
    introductionsLeft = Math.min(introductionsLeft + 1, INTRODUCTIONS);
    register(publisher, announcedNames);
  }

  /**
   * Registers it again for another node that may not know it, unless that has been done too often.
   */
  void registerForNewcomer(Publisher publisher, AnnouncedNames announcedNames) {
    if (state().isWanted() && introductionsLeft > 0) {
      introductionsLeft--;
      register(publisher, announcedNames);
    }
  }

  /**
   * Unregisters the route if it is being withdrawn.
   *
   * @param announcedNames names that other routes still announce are not unregistered
   */
  void unregister(Publisher publisher, AnnouncedNames announcedNames) {
    if (!isWithdrawing()) {
      return;
    }
    RegistryMessage left = announcedNames.unclaimed(message);
    if (left == null || publisher.publish(UNREGISTER, left.json(publisher.maxPayload()))) {
      unregistrationsLeft--;
      if (unregistrationsLeft == 0) {
        move(RouteState.WITHDRAWN, status.reason());
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
      observer.moved(this, before.state(), status);
    }
  }

  private void move(RouteState to, String reason) {
    RouteStatus before = status;
    @Nullable Instant lastRegistered = before.lastRegistered();
    status =
        new RouteStatus(id, to, reason, clock.instant(), lastRegistered, before.registrations());
    observer.moved(this, before.state(), status);
  }
}
