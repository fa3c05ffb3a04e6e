package io.harborgateway.announce.routingapi;

import io.harborgateway.announce.state.RouteState;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.lifecycle.RouteEvent;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A mapping, by four small states: what is desired, what the API has of it, the request that is
 * made now, and the outcome of the last one. From these follows what is to be said to the API, and
 * when:
 *
 * <table>
 * <caption>What is said</caption>
 * <tr><th>desired<th>the API<th>said
 * <tr><td>announced<td>has it or not<td>upsert, at once, and after each third of the TTL
 * <tr><td>anything else<td>may have it<td>delete, until it has answered or the TTL has ended
 * <tr><td>anything else<td>does not have it<td>nothing; if it leaves, it is forgotten
 * </table>
 *
 * <p>Guarded by the lock of its {@link RoutingApiAnnouncer}. One request at a time is made for it;
 * what is desired may change before its outcome is known. Times are those of {@link
 * System#nanoTime}.
 */
final class TrackedMapping {
  /** Less than half of the TTL is asked for: after a third, one attempt may fail unnoticed. */
  private static final int UPSERTS_IN_A_TTL = 3;

  /** What is to become of it. */
  private enum Desired {
    /** Not announced yet, by this process. */
    HELD,
    ANNOUNCED,
    WITHDRAWN,
    /** Withdrawn, and to be forgotten as soon as the API has forgotten it. */
    LEAVING
  }

  /** The upsert that is made now. What a deletion that is made now comes to changes nothing. */
  private enum Request {
    NONE,
    /** It may be sent any moment. */
    BEGUN,
    /** It may have arrived. */
    SENT
  }

  /** Of the last request. */
  private enum Outcome {
    /** The API did what it was asked, or has not been asked yet. */
    DONE,
    /** It is not known whether the API did what it was asked. */
    UNKNOWN,
    /** The API will not do what it was asked. */
    REFUSED
  }

  /** Which of those that are due comes first. */
  private enum Turn {
    /** It was withdrawn, and that has not been tried to say to the API yet. */
    FIRST,
    IN_ORDER
  }

  private final TcpRouteMapping mapping;
  private final NodeEvents events;
  private final Backoff backoff = new Backoff();
  private final ProblemLog problems;
  private long ttlNanos;

  private Desired desired = Desired.HELD;
  private ApiMemory api = ApiMemory.EMPTY;
  private Request request = Request.NONE;
  private Outcome outcome = Outcome.DONE;
  private Turn turn = Turn.IN_ORDER;

  private long due;
  private String reason = "not checked yet";
  private @Nullable Instant lastUpserted;
  private long upserts;
  private @Nullable String lastError;

  TrackedMapping(TcpRouteMapping mapping, long ttlNanos, NodeEvents events) {
    this.mapping = mapping;
    this.events = events;
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

  /** It is to be kept for another time, from the next upsert on. */
  void keepFor(long nanos) {
    ttlNanos = nanos;
  }

  boolean wanted() {
    return desired == Desired.ANNOUNCED;
  }

  /** What holds it back; empty: nothing. */
  String reason() {
    return reason;
  }

  TcpRouteStatus status(String id, long now) {
    return new TcpRouteStatus(id, state(now), reason, lastUpserted, upserts, lastError);
  }

  private RouteState state(long now) {
    if (wanted()) {
      return api.hasIt(now) ? RouteState.ANNOUNCED : RouteState.READY;
    }
    if (mayBeKnown(now)) {
      return RouteState.WITHDRAWING;
    }
    return desired == Desired.HELD ? RouteState.HELD : RouteState.WITHDRAWN;
  }

  /** Whether the API may have it: it does, or it is not known that it does not. */
  boolean mayBeKnown(long now) {
    return request != Request.NONE || api.mayHaveIt(now);
  }

  /** Whether the API takes both for one. */
  boolean isSame(TrackedMapping other) {
    return mapping.isSame(other.mapping);
  }

  /** Whether there is nothing to be done about it any more. */
  boolean canBeForgotten(long now) {
    return desired == Desired.LEAVING && !mayBeKnown(now);
  }

  /** Whether it comes before others that are due. */
  boolean urgent() {
    return turn == Turn.FIRST;
  }

  /** Whether something is to be said of it that could not be said. */
  boolean failing(long now) {
    return outcome == Outcome.UNKNOWN && (wanted() || mayBeKnown(now));
  }

  /**
   * In how many nanoseconds the next request for it is to be made; below 0: since then. It is an
   * upsert if it is {@link #wanted}, else a deletion. {@link Long#MAX_VALUE}: none is to be made.
   */
  long nanosUntilDue(long now) {
    return wanted() || mayBeKnown(now) ? due - now : Long.MAX_VALUE;
  }

  // What is desired.

  /** Returns false if it is announced already. */
  boolean announce(long now) {
    if (wanted()) {
      return false;
    }
    desired = Desired.ANNOUNCED;
    reason = "";
    hurry(now);
    return true;
  }

  /** Returns false if it is not announced. */
  boolean withdraw(String because, long now) {
    reason = because;
    if (!wanted()) {
      return false;
    }
    desired = Desired.WITHDRAWN;
    hurry(now);
    return true;
  }

  /** It is withdrawn, and to be forgotten. Returns false if it was not announced. */
  boolean leave(String because, long now) {
    boolean withdrawn = withdraw(because, now);
    desired = Desired.LEAVING;
    return withdrawn;
  }

  /** The same, but not before what others are to be announced with now. */
  void leaveInOrder(String because, long now) {
    leave(because, now);
    turn = Turn.IN_ORDER;
  }

  /** It is not to be forgotten. */
  void stay() {
    if (desired == Desired.LEAVING) {
      desired = Desired.WITHDRAWN;
    }
  }

  /** What there is to be said is to be said at once. */
  void hurry(long now) {
    due = now;
    turn = wanted() ? Turn.IN_ORDER : Turn.FIRST;
    backoff.worked();
  }

  /**
   * Another route, which is not announced, has the same mapping: what the API has of that one it
   * has of this one, and the other must not delete it.
   */
  void takeOver(TrackedMapping other) {
    api = api.and(other.api);
    other.api = ApiMemory.EMPTY;
  }

  // What comes of requests.

  /** A request to upsert it begins. Until its outcome the API may have it. */
  void beginUpsert() {
    request = Request.BEGUN;
  }

  /** The request that has begun is sent from here on. */
  void sendUpsert() {
    request = Request.SENT;
  }

  /**
   * The API has taken it.
   *
   * @param asked when it was asked to, from when on it may have counted the TTL
   */
  void upserted(long asked, long now) {
    if (!api.hasIt(now)) {
      events.publish(new RouteEvent.TcpAnnounced(mapping.id(), mapping.externalPort()));
    }
    api = ApiMemory.taken(asked + ttlNanos, now + ttlNanos);
    upserts++;
    lastUpserted = Instant.now();
    done();
    if (wanted()) {
      due = asked + ttlNanos / UPSERTS_IN_A_TTL;
    }
  }

  /** The API has deleted it, or did not have it. */
  void deleted() {
    events.publish(new RouteEvent.TcpWithdrawn(mapping.id()));
    api = ApiMemory.EMPTY;
    done();
  }

  private void done() {
    end(Outcome.DONE);
    lastError = null;
    backoff.worked();
    problems.worked();
  }

  /** It is not known whether the API did what it was asked. It is due again, behind the others. */
  void unknown(long now) {
    if (request == Request.SENT) {
      api = api.perhaps(now + ttlNanos);
    }
    end(Outcome.UNKNOWN);
    due = now;
  }

  /** The API will not do what it was asked. What it took before, it keeps. */
  void refused(long now, String problem) {
    end(Outcome.REFUSED);
    lastError = problem;
    problems.problem(problem);
    due = now + backoff.failed();
  }

  private void end(Outcome of) {
    request = Request.NONE;
    outcome = of;
    turn = Turn.IN_ORDER;
  }
}
