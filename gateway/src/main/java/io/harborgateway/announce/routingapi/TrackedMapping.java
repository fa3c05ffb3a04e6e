package io.harborgateway.announce.routingapi;

import io.harborgateway.announce.state.RouteState;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mapping, whether it is wanted, and what the routing API knows of it by now; from these follow
 * what is to be said to the API, and when. Times are those of {@link System#nanoTime}.
 *
 * <p>Guarded by the lock of its {@link RoutingApiAnnouncer}. One request at a time is made for it;
 * what is wanted may change before its outcome is known.
 */
final class TrackedMapping {
  private static final Logger LOG = LoggerFactory.getLogger(RoutingApiAnnouncer.class);

  /** Less than half of the TTL is asked for: after a third, one attempt may fail unnoticed. */
  private static final int UPSERTS_IN_A_TTL = 3;

  private final TcpRouteMapping mapping;
  private final long ttlNanos;
  private final Backoff backoff = new Backoff();
  private final ProblemLog problems;

  /** It is to be forgotten as soon as the API has. */
  private boolean leaving;

  private boolean everAnnounced;
  private boolean wanted;

  /** What holds it back; empty: nothing. */
  private String reason = "not checked yet";

  private long due;

  /** It was withdrawn, and that has not been tried to say to the API yet. */
  private boolean urgent;

  /** The outcome of the last request is not known. */
  private boolean failing;

  /** A request to upsert it is made now; {@code inDoubt}: and may have been sent. */
  private boolean upserting;

  private boolean inDoubt;

  /** It was sent to the API, which may have it until {@code forgottenAt}. */
  private boolean sent;

  private long forgottenAt;

  /** The API has said that it took it, and has it until {@code takenUntil}. */
  private boolean taken;

  private long takenUntil;
  private @Nullable Instant lastUpserted;
  private long upserts;
  private @Nullable String lastError;

  TrackedMapping(TcpRouteMapping mapping, long ttlNanos) {
    this.mapping = mapping;
    this.ttlNanos = ttlNanos;
    this.problems = new ProblemLog(mapping.id());
  }

  TcpRouteMapping mapping() {
    return mapping;
  }

  /** How long the API is to keep it, in whole seconds. */
  long ttlSeconds() {
    return TimeUnit.NANOSECONDS.toSeconds(ttlNanos);
  }

  boolean wanted() {
    return wanted;
  }

  /** What holds it back; empty: nothing. */
  String reason() {
    return reason;
  }

  TcpRouteStatus status(String id, long now) {
    return new TcpRouteStatus(id, state(now), reason, lastUpserted, upserts, lastError);
  }

  /** Whether the API takes both for one. */
  boolean isSame(TrackedMapping other) {
    return mapping.isSame(other.mapping);
  }

  /** Another route is announced with the same mapping, so that this one must not be deleted. */
  void leaveToOther() {
    sent = false;
    taken = false;
  }

  private RouteState state(long now) {
    if (wanted) {
      return isTaken(now) ? RouteState.ANNOUNCED : RouteState.READY;
    }
    if (mayBeKnown(now)) {
      return RouteState.WITHDRAWING;
    }
    return everAnnounced ? RouteState.WITHDRAWN : RouteState.HELD;
  }

  void leave() {
    leaving = true;
  }

  void stay() {
    leaving = false;
  }

  /** Whether there is nothing to be done about it any more. */
  boolean canBeForgotten(long now) {
    return leaving && !wanted && !mayBeKnown(now);
  }

  /** Returns false if it is announced already. */
  boolean announce(long now) {
    if (wanted) {
      return false;
    }
    wanted = true;
    reason = "";
    everAnnounced = true;
    hurry(now);
    return true;
  }

  /** Returns false if it is not announced. */
  boolean withdraw(String because, long now) {
    reason = because;
    if (!wanted) {
      return false;
    }
    wanted = false;
    hurry(now);
    return true;
  }

  /** The same, but not before what others are to be announced with now. */
  void withdrawLater(String because, long now) {
    withdraw(because, now);
    urgent = false;
  }

  /** What there is to be said is to be said at once. */
  void hurry(long now) {
    due = now;
    urgent = !wanted;
    backoff.worked();
  }

  /** Whether it comes before others that are due. */
  boolean urgent() {
    return urgent;
  }

  /** Whether something is to be said of it that could not be said. */
  boolean failing(long now) {
    return failing && (wanted || mayBeKnown(now));
  }

  /** Whether the API may have it: it does, or it is not known that it does not. */
  boolean mayBeKnown(long now) {
    return upserting || (sent && now - forgottenAt < 0);
  }

  private boolean isTaken(long now) {
    return taken && now - takenUntil < 0;
  }

  /**
   * In how many nanoseconds the next request for it is to be made; below 0: since then. It is an
   * upsert if it is {@link #wanted}, else a deletion. {@link Long#MAX_VALUE}: none is to be made.
   */
  long nanosUntilDue(long now) {
    return wanted || mayBeKnown(now) ? due - now : Long.MAX_VALUE;
  }

  /** A request to upsert it begins. Until its outcome the API may have it. */
  void upserting() {
    upserting = true;
    inDoubt = false;
  }

  /** The request that has begun is sent from here on. */
  void sending() {
    inDoubt = true;
  }

  /**
   * The API has taken it.
   *
   * @param asked when it was asked to, from when on it may have counted the TTL
   */
  void upserted(long asked, long now) {
    if (!isTaken(now)) {
      LOG.atInfo()
          .addKeyValue("route", mapping.id())
          .addKeyValue("port", mapping.externalPort())
          .log("the routing API has the TCP route");
    }
    upserting = false;
    sent = true;
    forgottenAt = now + ttlNanos;
    taken = true;
    takenUntil = asked + ttlNanos;
    upserts++;
    lastUpserted = Instant.now();
    worked();
    if (wanted) {
      due = asked + ttlNanos / UPSERTS_IN_A_TTL;
    }
  }

  /** The API has deleted it, or did not have it. */
  void deleted() {
    LOG.atInfo().addKeyValue("route", mapping.id()).log("the routing API deleted the TCP route");
    sent = false;
    taken = false;
    worked();
  }

  private void worked() {
    urgent = false;
    failing = false;
    lastError = null;
    backoff.worked();
    problems.worked();
  }

  /** It is not known whether the API did what it was asked. It is due again, behind the others. */
  void unknown(long now) {
    if (upserting && inDoubt) {
      sent = true;
      forgottenAt = now + ttlNanos;
    }
    upserting = false;
    urgent = false;
    failing = true;
    due = now;
  }

  /** The API will not do what it was asked. What it took before, it keeps. */
  void refused(long now, String problem) {
    upserting = false;
    urgent = false;
    failing = false;
    lastError = problem;
    problems.problem(problem);
    due = now + backoff.failed();
  }
}
