package io.harborgateway.upstream;

/**
 * Whether an upstream is up, by the results of its checks: several in a row must agree to change
 * it, so that one lost packet does not withdraw a node. The first result decides alone. Confined to
 * one thread at a time.
 */
final class Hysteresis {
  private final int rise;
  private final int fall;
  private int against; // results in a row that contradict the state
  private boolean known;
  private boolean up;

  /**
   * Makes one that knows nothing yet, and counts as down.
   *
   * @param rise successes in a row that make it up again, 1 or more
   * @param fall failures in a row that make it down, 1 or more
   */
  Hysteresis(int rise, int fall) {
    this.rise = rise;
    this.fall = fall;
  }

  boolean isUp() {
    return up;
  }

  /** Whether the last results contradict the state, so that it may change soon. */
  boolean wavers() {
    return against > 0;
  }

  /** Takes a result; returns whether the state changed, or became known. */
  boolean record(boolean succeeded) {
    if (!known) {
      return become(succeeded);
    }
    if (succeeded == up) {
      against = 0;
      return false;
    }
    against++;
    return against >= (up ? fall : rise) && become(succeeded);
  }

  /** Takes a failure that leaves no doubt; returns whether the state changed. */
  boolean fail() {
    return (up || !known) && become(false);
  }

  private boolean become(boolean succeeded) {
    known = true;
    up = succeeded;
    against = 0;
    return true;
  }
}
