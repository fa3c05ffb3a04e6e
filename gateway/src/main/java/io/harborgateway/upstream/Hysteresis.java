package io.harborgateway.upstream;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Decides whether an upstream is up from the results of its checks: several in a row must agree on
 * a change, so that one lost packet does not withdraw a node. The first result decides alone, and
 * so does the first success after connections were only refused.
 *
 * <p>From its second fall within a minute on, it counts as flapping: it must then succeed for a
 * while before it is up, longer with each fall (see {@link Falls}). Confined to one thread at a
 * time.
 */
final class Hysteresis {
  private int rise;
  private int fall;
  private final LongSupplier nanoTime;
  private final Falls falls;
  private int against; // consecutive results that contradict the state
  private boolean known;
  private boolean up;
  private boolean nobodyListened; // refused ever since it went down
  private long risingSince; // while it is down but succeeds
  private long holdNanos; // least duration of the current rise
  private boolean damped = true;

  /**
   * Creates a hysteresis without results, which counts as down.
   *
   * @param rise consecutive successes that bring it up again, 1 or more
   * @param fall consecutive failures that take it down, 1 or more
   * @param damping longest time that flapping holds a rise back; zero: never
   * @param nanoTime monotonic clock
   */
  Hysteresis(int rise, int fall, Duration damping, LongSupplier nanoTime) {
    this.rise = rise;
    this.fall = fall;
    this.nanoTime = nanoTime;
    this.falls = new Falls(damping);
  }

  /** Changes the limits; see the constructor. */
  void use(int nextRise, int nextFall, Duration damping) {
    rise = nextRise;
    fall = nextFall;
    falls.use(damping);
  }

  boolean isUp() {
    return up;
  }

  /** Whether the last results contradict the state, so that it may change soon. */
  boolean wavers() {
    return against > 0;
  }

  /** Records a result; returns whether the state changed or became known. */
  boolean record(boolean succeeded) {
    if (!succeeded) {
      nobodyListened = false;
    }
    if (!known) {
      return become(succeeded);
    }
    if (succeeded == up) {
      agree();
      return false;
    }
    if (!up && against == 0) {
      risingSince = nanoTime.getAsLong();
      holdNanos = falls.holdNanos(risingSince);
    }
    against++;
    int needed = up ? fall : nobodyListened && (holdNanos == 0 || !damped) ? 1 : rise;
    return against >= needed && holdLeft().isZero() && become(succeeded);
  }

  /** Sets whether flapping holds a rise back; it does by default. */
  void damp(boolean damps) {
    damped = damps;
  }

  /** Records a refusal, which leaves no doubt. Returns whether the state changed. */
  boolean fail() {
    if (up || !known) {
      nobodyListened = true;
      return become(false);
    }
    agree();
    return false;
  }

  /** Returns the remaining time for which flapping holds the rise back; zero: none. */
  Duration holdLeft() {
    if (up || against == 0 || !damped) {
      return Duration.ZERO;
    }
    long left = holdNanos - (nanoTime.getAsLong() - risingSince);
    return left <= 0 ? Duration.ZERO : Duration.ofNanos(left);
  }

  /** Returns why it is not up although it succeeds; empty if it is not held back. */
  String heldBack() {
    Duration left = holdLeft();
    return left.isZero()
        ? ""
        : "flapping: %d falls within a minute, up in %d s"
            .formatted(falls.count(nanoTime.getAsLong()), left.plusMillis(999).toSeconds());
  }

  private void agree() {
    if (!up && against > 0) {
      falls.add(nanoTime.getAsLong()); // it had begun to rise
    }
    against = 0;
  }

  private boolean become(boolean succeeded) {
    if (up && !succeeded) {
      falls.add(nanoTime.getAsLong());
    }
    known = true;
    up = succeeded;
    against = 0;
    holdNanos = 0;
    return true;
  }
}
