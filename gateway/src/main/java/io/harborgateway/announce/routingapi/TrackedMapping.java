package io.harborgateway.announce.routingapi;

import io.harborgateway.announce.state.RouteState;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.lifecycle.RouteEvent;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A mapping as four small states: what is desired, what the API has, the current request, and the
 * outcome of the last one. They determine the next request and when it is due:
 *
 * <table>
 * <caption>Requests</caption>
 * <tr><th>desired<th>the API<th>request
 * <tr><td>announced<td>has it or not<td>upsert, at once, and after each third of the TTL
 * <tr><td>anything else<td>may have it<td>delete, until it has answered or the TTL has expired
 * <tr><td>anything else<td>does not have it<td>none; if it is leaving, it is forgotten
 * </table>
 *
 * <p>Guarded by the lock of its {@link RoutingApiAnnouncer}. Only one request at a time is made;
 * the desired state may change before its outcome is known. Times are those of {@link
 * System#nanoTime}.
 */
final class TrackedMapping {
  /** Must be more than two: after a third of the TTL, one attempt may fail without consequence. */
  private static final int UPSERTS_IN_A_TTL = 3;

  /** The desired state. */
  private enum Desired {
    /** Not announced by this process yet. */
    HELD,
    ANNOUNCED,
    WITHDRAWN,
    /** Withdrawn, and forgotten as soon as the API no longer has it. */
    LEAVING
  }

  /** The state of the current upsert. The outcome of a current deletion does not matter here. */
  private enum Request {
    NONE,
    /** It may be sent at any moment. */
    BEGUN,
    /** It may have arrived. */
    SENT
  }

  /** The outcome of the last request. */
  private enum Outcome {
    /** The request succeeded, or there was none yet. */
    DONE,
    /** It is not known whether the request succeeded. */
    UNKNOWN,
    /** The API rejected the request. */
    REFUSED
  }

  /** The order among mappings that are due. */
  private enum Turn {
    /** Withdrawn, and no deletion has been tried yet. */
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

  /** How long the API should keep it, in whole seconds. */
  long ttlSeconds() {
    return TimeUnit.NANOSECONDS.toSeconds(ttlNanos);
  }

  /** Changes how long it is kept, from the next upsert on. */
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

  /** Whether the API has it, or is not known not to have it. */
  boolean mayBeKnown(long now) {
    return request != Request.NONE || api.mayHaveIt(now);
  }

  /** Whether the API considers both the same mapping. */
  boolean isSame(TrackedMapping other) {
    return mapping.isSame(other.mapping);
  }

  /** Whether there is nothing left to do for it. */
  boolean canBeForgotten(long now) {
    return desired == Desired.LEAVING && !mayBeKnown(now);
  }

  /** Whether it comes before others that are due. */
  boolean urgent() {
    return turn == Turn.FIRST;
  }

  /** Whether a request for it is outstanding and has failed. */
  boolean failing(long now) {
    return outcome == Outcome.UNKNOWN && (wanted() || mayBeKnown(now));
  }

  /**
   * Nanoseconds until its next request is due; negative if overdue. The request is an upsert if the
   * mapping is {@link #wanted}, otherwise a deletion. {@link Long#MAX_VALUE}: none is due.
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

  /** Withdraws it, to be forgotten. Returns false if it was not announced. */
  boolean leave(String because, long now) {
    boolean withdrawn = withdraw(because, now);
    desired = Desired.LEAVING;
    return withdrawn;
  }

  /** Same as {@link #leave}, but only after the upserts of others that are due now. */
  void leaveInOrder(String because, long now) {
    leave(because, now);
    turn = Turn.IN_ORDER;
  }

  /** Keeps it from being forgotten. */
  void stay() {
    if (desired == Desired.LEAVING) {
      desired = Desired.WITHDRAWN;
    }
  }

  /** Makes its outstanding request due at once. */
  void hurry(long now) {
    due = now;
    turn = wanted() ? Turn.IN_ORDER : Turn.FIRST;
    backoff.worked();
  }

  /**
   * Takes over the API's state from another route that has the same mapping but is not announced:
   * the other one must not delete it.
   */
  void takeOver(TrackedMapping other) {
    api = api.and(other.api);
    other.api = ApiMemory.EMPTY;
  }

  // The outcome of requests.

  /** An upsert begins. Until its outcome is known, the API may have it. */
  void beginUpsert() {
    request = Request.BEGUN;
  }

  /** The upsert is now being sent. */
  void sendUpsert() {
    request = Request.SENT;
  }

  /**
   * The API has accepted it.
   *
   * @param asked when the request was sent, which is the earliest start of the TTL
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

  /** It is not known whether the request succeeded. It is due again, after the others. */
  void unknown(long now) {
    if (request == Request.SENT) {
      api = api.perhaps(now + ttlNanos);
    }
    end(Outcome.UNKNOWN);
    due = now;
  }

  /** The API rejected the request. It keeps what it accepted before. */
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
