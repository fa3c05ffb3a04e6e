package io.harborgateway.announce.routingapi;

/**
 * What the routing API is known to have of a mapping, judging by requests and answers. Times are
 * those of {@link System#nanoTime}, of which only differences are meaningful. Immutable.
 *
 * @param takenUntil time until which the API certainly has it; only in state {@code TAKEN}
 * @param forgottenAt time from which it certainly does not have it, by the TTL; not in state {@code
 *     NONE}
 */
record ApiMemory(State state, long takenUntil, long forgottenAt) {
  /** What is known about it, apart from the TTL. */
  enum State {
    /** It has never been sent, or has been deleted. */
    NONE,
    /** It has been sent, but not answered. */
    PERHAPS,
    /** The API has confirmed it. */
    TAKEN
  }

  static final ApiMemory EMPTY = new ApiMemory(State.NONE, 0, 0);

  static ApiMemory taken(long takenUntil, long forgottenAt) {
    return new ApiMemory(State.TAKEN, takenUntil, forgottenAt);
  }

  /** Returns the state after it was sent once more, but not answered. */
  ApiMemory perhaps(long forgottenAtNow) {
    State now = state == State.NONE ? State.PERHAPS : state;
    return new ApiMemory(now, takenUntil, forgottenAtNow);
  }

  /** Combines the states of two mappings that the API considers the same. */
  ApiMemory and(ApiMemory other) {
    if (state == State.NONE || other.state == State.NONE) {
      return state == State.NONE ? other : this;
    }
    long forgotten = later(forgottenAt, other.forgottenAt);
    if (state == State.TAKEN && other.state == State.TAKEN) {
      return taken(later(takenUntil, other.takenUntil), forgotten);
    }
    ApiMemory surer = state == State.TAKEN ? this : other;
    return new ApiMemory(surer.state, surer.takenUntil, forgotten);
  }

  private static long later(long one, long other) {
    return one - other >= 0 ? one : other;
  }

  boolean hasIt(long now) {
    return state == State.TAKEN && now - takenUntil < 0;
  }

  /** Returns whether the API has it, or is not known not to have it. */
  boolean mayHaveIt(long now) {
    return state != State.NONE && now - forgottenAt < 0;
  }
}
