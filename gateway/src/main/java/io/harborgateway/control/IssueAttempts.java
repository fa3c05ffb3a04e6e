package io.harborgateway.control;

import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.issue.IssuePauses;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Instances for which a certificate was to be issued, and when the next attempt is: later and later
 * while it fails. What is issued as it should be leaves nothing behind. Confined to one thread,
 * except for {@link #problems}.
 */
final class IssueAttempts {
  /** Most problems that are shown: a CA that can't sign is one problem to a reader. */
  private static final int SHOWN = 20;

  /**
   * @param next by the clock
   * @param problem null: it was issued, or nothing was to be done
   */
  private record Attempt(long next, Duration pause, @Nullable String problem) {}

  private final LongSupplier nanos;
  private final Map<InstanceGuid, Attempt> attempts = new HashMap<>();
  private volatile Map<String, String> problems = Map.of();

  /**
   * @param nanos a clock like {@link System#nanoTime}
   */
  IssueAttempts(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Whether it is time for an attempt. */
  boolean isTime(InstanceGuid guid) {
    Attempt last = attempts.get(guid);
    return last == null || nanos.getAsLong() - last.next >= 0;
  }

  /**
   * Records an attempt.
   *
   * @param problem why it failed; null: it did not
   * @param least how long to wait at least, whatever the pauses are
   * @return whether this problem is a new one
   */
  boolean add(InstanceGuid guid, @Nullable String problem, IssuePauses pauses, Duration least) {
    Attempt last = attempts.get(guid);
    Duration pause = last == null ? pauses.first() : pauses.after(last.pause);
    Duration wait = least.compareTo(pause) > 0 ? least : pause;
    attempts.put(guid, new Attempt(nanos.getAsLong() + wait.toNanos(), pause, problem));
    return problem != null && (last == null || !problem.equals(last.problem));
  }

  /** Forgets all others: they have what they need. */
  void retain(Set<InstanceGuid> wanted) {
    attempts.keySet().retainAll(wanted);
    Map<String, String> shown = new LinkedHashMap<>();
    attempts.forEach((guid, attempt) -> {
      if (attempt.problem != null && shown.size() < SHOWN) {
        shown.put(guid.value(), attempt.problem);
      }
    });
    problems = Map.copyOf(shown);
  }

  /** Returns why certificates could not be issued, by GUID; at most 20. For any thread. */
  Map<String, String> problems() {
    return problems;
  }
}
