package io.harborgateway.control;

import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.issue.IssuePauses;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** As long as any window of a rate limit that is known; later is an error, or never. */
  private static final Duration LONGEST_WAIT = Duration.ofDays(7);

  /**
   * @param names for which it was: what is said of them holds for no others
   * @param next by the clock
   * @param problem null: it was issued, or nothing was to be done
   */
  private record Attempt(List<String> names, long next, Duration pause, @Nullable String problem) {}

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
  boolean isTime(InstanceGuid guid, List<String> names) {
    Attempt last = last(guid, names);
    return last == null || nanos.getAsLong() - last.next >= 0;
  }

  private @Nullable Attempt last(InstanceGuid guid, List<String> names) {
    Attempt last = attempts.get(guid);
    return last != null && last.names.equals(names) ? last : null;
  }

  /**
   * Records an attempt.
   *
   * @param names that the certificate was to cover
   * @param problem why it failed; null: it did not
   * @param least how long to wait at least, up to a week, whatever the pauses are
   * @return whether this problem is a new one
   */
  boolean add(
      InstanceGuid guid,
      List<String> names,
      @Nullable String problem,
      IssuePauses pauses,
      Duration least) {
    Attempt last = last(guid, names);
    Duration pause = last == null ? pauses.first() : pauses.after(last.pause);
    Duration asked = least.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : least;
    Duration wait = asked.compareTo(pause) > 0 ? asked : pause;
    attempts.put(guid, new Attempt(names, nanos.getAsLong() + wait.toNanos(), pause, problem));
    if (problem != null || (last != null && last.problem != null)) {
      show();
    }
    return problem != null && (last == null || !problem.equals(last.problem));
  }

  /** Forgets all others: they have what they need. */
  void retain(Set<InstanceGuid> wanted) {
    attempts.keySet().retainAll(wanted);
    show();
  }

  private void show() {
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
