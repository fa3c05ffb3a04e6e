package io.harborgateway.control;

import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.lifecycle.CertificateEvent;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.route.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Instances whose files can't be used, so that they are served with their previous certificate.
 * Since the two files of a pair are written one after the other, this is not reported for a while.
 * Confined to one thread at a time, except for {@link #reasons}.
 */
final class OutdatedCertificates {
  private static final Duration WRITING = Duration.ofSeconds(5);

  /** Most instances that are named at once: a volume that is gone is one problem to a reader. */
  private static final int NAMED = 20;

  /** Most reasons that are kept for {@link #reasons}. */
  private static final int SHOWN = 100;

  private final Map<InstanceGuid, Long> since = new HashMap<>();
  private final Set<InstanceGuid> warned = new HashSet<>();
  private final NodeEvents events;
  private final LongSupplier nanos;
  private volatile Map<String, String> reasons = Map.of();

  OutdatedCertificates(NodeEvents events) {
    this(events, System::nanoTime);
  }

  /**
   * @param nanos a clock like {@link System#nanoTime}
   */
  OutdatedCertificates(NodeEvents events, LongSupplier nanos) {
    this.events = events;
    this.nanos = nanos;
  }

  /**
   * Records what has just been read, and warns about what has been outdated for a while.
   *
   * @param outdated the instances whose files can't be used, and why
   */
  void see(Map<Instance, String> outdated) {
    long now = nanos.getAsLong();
    Map<String, String> seen = new HashMap<>();
    Set<InstanceGuid> guids = new HashSet<>();
    List<CertificateEvent.Outdated> due = new ArrayList<>();
    outdated.forEach((instance, reason) -> {
      guids.add(instance.guid());
      if (seen.size() < SHOWN) {
        seen.put(instance.guid().value(), reason);
      }
      long begun = since.computeIfAbsent(instance.guid(), guid -> now);
      if (now - begun >= WRITING.toNanos() && warned.add(instance.guid())) {
        due.add(new CertificateEvent.Outdated(instance.toString(), reason));
      }
    });
    due.stream().limit(NAMED).forEach(events::publish);
    if (due.size() > NAMED) {
      events.publish(new CertificateEvent.Changed(due.size() - NAMED));
    }
    since.keySet().retainAll(guids);
    warned.retainAll(guids);
    reasons = Map.copyOf(seen);
  }

  /** Whether all warnings have been given. */
  boolean isWarned() {
    return warned.containsAll(since.keySet());
  }

  /** Returns the reasons by GUID, at most 100. For any thread. */
  Map<String, String> reasons() {
    return reasons;
  }
}
