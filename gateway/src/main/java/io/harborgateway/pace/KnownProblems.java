package io.harborgateway.pace;

import java.util.HashSet;
import java.util.Set;

/**
 * The problems of a peer that have been logged, so that each distinct one is logged once until
 * things work again: a peer may be away for days. Confined to one thread, or guarded by the owner's
 * lock.
 */
public final class KnownProblems {
  /**
   * Limit of problems logged, so that ones that differ each time (a port, a counter) can't fill the
   * log either.
   */
  static final int MOST = 10;

  private final Set<String> known = new HashSet<>();

  /** Returns whether the problem should be logged, and counts it as logged. */
  public boolean isNew(String problem) {
    return known.size() < MOST && known.add(problem);
  }

  /** Records a success: all problems are new again. Returns whether one had been logged. */
  public boolean worked() {
    boolean had = !known.isEmpty();
    known.clear();
    return had;
  }
}
