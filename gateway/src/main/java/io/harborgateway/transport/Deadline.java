package io.harborgateway.transport;

import java.time.Duration;

/** One connection's time limit; see {@link Deadlines}. Confined to their event loop. */
public final class Deadline {
  private final Deadlines owner;
  final Runnable onExpiry;
  int index;
  long at;
  boolean isSet;
  private boolean removed;

  Deadline(Deadlines owner, Runnable onExpiry, int index) {
    this.owner = owner;
    this.onExpiry = onExpiry;
    this.index = index;
  }

  /** Sets the limit to {@code timeout} from now, replacing the previous one. */
  public void after(Duration timeout) {
    if (!removed) {
      at = owner.now() + timeout.toNanos();
      isSet = true;
      owner.ensureTick(at);
    }
  }

  /** Sets the limit to {@code time} after the one that has just expired. */
  public void prolong(Duration time) {
    if (!removed) {
      at += time.toNanos();
      isSet = true;
      owner.ensureTick(at);
    }
  }

  /** Clears the limit. */
  public void clear() {
    isSet = false;
  }

  /** Ends this deadline's life; later calls have no effect. */
  public void remove() {
    if (!removed) {
      removed = true;
      isSet = false;
      owner.remove(this);
    }
  }
}
