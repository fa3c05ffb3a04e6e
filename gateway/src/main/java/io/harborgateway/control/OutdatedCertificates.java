package io.harborgateway.control;

import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.lifecycle.CertificateEvent;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.route.Instance;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Instances whose files can't be used, so that they are served with the certificate that they had.
 * The two files of a pair are written one after the other, so that is silent for a while. Confined
 * to one thread at a time, but for {@link #reasons}.
 */
final class OutdatedCertificates {
  private static final Duration WRITING = Duration.ofSeconds(5);

  private final Map<InstanceGuid, Long> since = new HashMap<>();
  private final Set<InstanceGuid> warned = new HashSet<>();
  private final NodeEvents events;
  private volatile Map<String, String> reasons = Map.of();

  OutdatedCertificates(NodeEvents events) {
    this.events = events;
  }

  /**
   * Takes what has just been read, and warns of what has been so for long.
   *
   * @param outdated why each of those can't be used that can't
   */
  void see(Map<Instance, String> outdated) {
    long now = System.nanoTime();
    Map<String, String> seen = new HashMap<>();
    Set<InstanceGuid> guids = new HashSet<>();
    outdated.forEach((instance, reason) -> {
      guids.add(instance.guid());
      seen.put(instance.guid().value(), reason);
      long begun = since.computeIfAbsent(instance.guid(), guid -> now);
      if (now - begun >= WRITING.toNanos() && warned.add(instance.guid())) {
        events.publish(new CertificateEvent.Outdated(instance.toString(), reason));
      }
    });
    since.keySet().retainAll(guids);
    warned.retainAll(guids);
    reasons = Map.copyOf(seen);
  }

  /** Whether all that there is to say has been said. */
  boolean isWarned() {
    return warned.containsAll(since.keySet());
  }

  /** Returns why, by GUID. For any thread. */
  Map<String, String> reasons() {
    return reasons;
  }
}
