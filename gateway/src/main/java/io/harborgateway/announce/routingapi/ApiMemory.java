package io.harborgateway.announce.routingapi;

/**
 * What the routing API has of a mapping, by what it was told and has answered. Times are those of
 * {@link System#nanoTime}, of which only differences mean anything. Immutable.
 *
 * @param takenUntil until when the API has it for certain; only where it has {@code TAKEN} it
 * @param forgottenAt from when on it does not have it for certain, by the TTL; not with {@code
 *     NONE}
 */
record ApiMemory(State state, long takenUntil, long forgottenAt) {
  /** What is known of it, before the TTL. */
  enum State {
    /** It was not told of it, or has deleted it. */
    NONE,
    /** It was told, and has not answered. */
    PERHAPS,
    /** It has said that it took it. */
    TAKEN
  }

  static final ApiMemory EMPTY = new ApiMemory(State.NONE, 0, 0);

  static ApiMemory taken(long takenUntil, long forgottenAt) {
    return new ApiMemory(State.TAKEN, takenUntil, forgottenAt);
  }

  /** It was told of it once more, and has not answered. */
  ApiMemory perhaps(long forgottenAtNow) {
    State now = state == State.NONE ? State.PERHAPS : state;
    return new ApiMemory(now, takenUntil, forgottenAtNow);
  }

  /** What it has of two that are one to it. */
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

  /** Returns whether it has it, or it is not known that it does not. */
  boolean mayHaveIt(long now) {
    return state != State.NONE && now - forgottenAt < 0;
  }
}
