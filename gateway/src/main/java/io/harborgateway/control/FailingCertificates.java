package io.harborgateway.control;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Instances whose certificate files can't be used and are therefore checked again and again. They
 * are identified by their index in the route table. Confined to one thread, except for {@link
 * #indexes}.
 */
final class FailingCertificates {
  /** Pause between checks, at first and from {@link #RECENT_NANOS} after the last failure on. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private static final Duration LATER = Duration.ofSeconds(10);
  private static final long RECENT_NANOS = Duration.ofSeconds(10).toNanos();

  /** Most instances checked at a time; the others get their turn at the next check. */
  private static final int MOST_AT_A_TIME = 200;

  /**
   * Why files can't be used.
   *
   * @param since when that was first found, by {@link System#nanoTime}
   * @param keeps whether the previous certificate is served
   */
  private record Failure(String reason, long since, boolean keeps) {}

  /** The one checked last comes last. */
  private final Map<Integer, Failure> failures = Collections.synchronizedMap(new LinkedHashMap<>());

  private long checked = System.nanoTime();
  private long lastBegun = checked;

  boolean isEmpty() {
    return failures.isEmpty();
  }

  /** Returns when the instance's files were first found to be unusable; now if they were not. */
  long since(int index) {
    Failure failure = failures.get(index);
    return failure == null ? System.nanoTime() : failure.since;
  }

  /**
   * Records that an instance's files can't be used.
   *
   * @param since from {@link #since}
   * @param keeps whether the previous certificate is served
   */
  void add(int index, String reason, long since, boolean keeps) {
    @Nullable Failure before = failures.remove(index);
    failures.put(index, new Failure(reason, since, keeps)); // at the end
    if (before == null) {
      lastBegun = since;
    }
  }

  void remove(int index) {
    failures.remove(index);
  }

  /** Returns the time until the next check. */
  Duration pause() {
    return System.nanoTime() - lastBegun < RECENT_NANOS ? SOON : LATER;
  }

  /** Returns the instances to be checked now; none before {@link #pause} has passed. */
  List<Integer> due() {
    long now = System.nanoTime();
    if (now - checked < pause().toNanos()) {
      return List.of();
    }
    checked = now;
    return failures.keySet().stream().limit(MOST_AT_A_TIME).toList();
  }

  /** Returns the instances served with their previous certificate, and why. */
  Map<Integer, String> outdated() {
    Map<Integer, String> reasons = new HashMap<>();
    failures.forEach((index, failure) -> {
      if (failure.keeps) {
        reasons.put(index, failure.reason);
      }
    });
    return reasons;
  }

  /** Returns all. For any thread. */
  List<Integer> indexes() {
    synchronized (failures) {
      return List.copyOf(failures.keySet());
    }
  }
}
