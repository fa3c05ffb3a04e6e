package io.harborgateway.announce.nats;

import io.harborgateway.announce.state.RouteState;
import io.harborgateway.announce.state.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route on its way between held, announced and withdrawn: the one place where that is decided.
 * Confined to the control thread of its {@link Announcer}, but for {@link #status}.
 */
final class TrackedRoute {
  /** Told of each change of state. */
  interface Observer {
    void moved(TrackedRoute route, RouteState from, RouteStatus now);
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

  /** What holds it back; only the last node announces it although something does. */
  private Verdict verdict = Verdict.held(NOT_CHECKED);

  /** Whether it was counted as serving. Changed by the control thread, read by any. */
  private volatile boolean counted;

  /** Guarded by its entry in the map of its Announcer, not confined. */
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

  /** What routers are still to be told to forget of a route that has been replaced. */
  private TrackedRoute(String id, RegistryMessage rest, TrackedRoute replaced) {
    this(new RegisteredRoute(id, rest), replaced.clock, replaced.observer);
    everAnnounced = true;
    unregistrationsLeft = UNREGISTRATIONS;
    verdict = Verdict.held(REPLACED);
    status = new RouteStatus(id, RouteState.WITHDRAWING, REPLACED, clock.instant(), null, 0);
  }

  String id() {
    return id;
  }

  /** For any thread. */
  RouteStatus status() {
    return status;
  }

  /** How often it is to be told of, before the routers' bounds; null: as configured. */
  @Nullable Duration interval() {
    return route.interval();
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
    return route.message().names();
  }

  private RouteState state() {
    return status.state();
  }

  /** All that it needs holds. Returns whether the routers are to be told. */
  boolean open() {
    return want(Verdict.open());
  }

  /**
   * Its upstream is down, and nobody else is known to serve its names: it is announced as the last
   * node. Returns whether the routers are to be told.
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

  /** Whether it is this route, whatever its state. */
  boolean is(RegisteredRoute other) {
    return route.equals(other);
  }

  /**
   * Becomes another route of the same id, in the state in which it is.
   *
   * @param restId the id of what is returned
   * @return what the routers may know, and the other route does not have: being withdrawn; null if
   *     there is nothing of that kind
   */
  @Nullable TrackedRoute replace(RegisteredRoute next, String restId) {
    RegistryMessage rest = mayBeKnown() ? message.without(next.message()) : null;
    RegistryMessage changed = next.message().asLast(message.isLast());
    message = state().isWanted() ? changed.announcedAt(clock.instant()) : changed;
    route = next;
    return rest == null ? null : new TrackedRoute(restId, rest, this);
  }

  private boolean mayBeKnown() {
    return switch (state()) {
      case ANNOUNCED, WITHDRAWING -> true;
      case READY -> everAnnounced;
      case HELD, WITHDRAWN -> false;
    };
  }

  /** Something that it needs does not hold. */
  void hold(String reason) {
    verdict = Verdict.held(reason);
    switch (state()) {
      case ANNOUNCED -> {
        unregistrationsLeft = UNREGISTRATIONS;
        move(RouteState.WITHDRAWING, reason);
      }
      case READY -> {
        // Whoever was told of it before it was withdrawn the last time may have missed that.
        unregistrationsLeft = everAnnounced ? UNREGISTRATIONS : 0;
        move(everAnnounced ? RouteState.WITHDRAWING : RouteState.HELD, reason);
      }
      case HELD, WITHDRAWING, WITHDRAWN -> explain(reason);
    }
  }

  /** The routers may have missed what they were told: it is withdrawn again if it was. */
  void tellAgain() {
    if (state() == RouteState.WITHDRAWN) {
      unregistrationsLeft = UNREGISTRATIONS;
      move(RouteState.WITHDRAWING, status.reason());
    } else if (state() == RouteState.WITHDRAWING) {
      unregistrationsLeft = UNREGISTRATIONS;
    }
  }

  /** Whether the routers know it, and it serves: it is not announced as the last node only. */
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
    if (state() == RouteState.READY) {
      move(RouteState.ANNOUNCED, reason(verdict));
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
