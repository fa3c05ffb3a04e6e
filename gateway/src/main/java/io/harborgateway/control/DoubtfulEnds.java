package io.harborgateway.control;

import io.harborgateway.lifecycle.CertificateEvent;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.route.Instance;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Issuers whose expiry may or may not end an instance's chain, depending on what clients trust
 * ({@link io.harborgateway.certs.ChainValidity#doubtful}). The instance stays announced; an event
 * is published when the expiry is near, and when it has passed.
 *
 * <p>Thread-safe, except that {@link #look} must be called by one thread only.
 */
final class DoubtfulEnds {
  /** Most events per look: one authority may have issued the certificates of all instances. */
  private static final int TOLD_AT_A_LOOK = 20;

  private final Map<Instance, Issuer> issuers = new ConcurrentHashMap<>();
  private final Duration warning;
  private final NodeEvents events;

  private enum Stage {
    FAR,
    NEAR,
    ENDED
  }

  private record Issuer(String subject, Instant end, Stage told) {
    String message() {
      return subject
          + " ends at "
          + end
          + "; from then on clients that trust no other certificate of its key refuse the chain";
    }
  }

  /**
   * Creates an empty one.
   *
   * @param warning how long before expiry to warn
   */
  DoubtfulEnds(Duration warning, NodeEvents events) {
    this.warning = warning;
    this.events = events;
  }

  /**
   * Adds an issuer on which an instance's chain depends, for clients that know no other certificate
   * of its key.
   */
  void add(Instance instance, X509Certificate issuer) {
    String subject = issuer.getSubjectX500Principal().getName();
    issuers.put(instance, new Issuer(subject, issuer.getNotAfter().toInstant(), Stage.FAR));
  }

  /** Copies what another knows about the instance, and what it has reported. */
  void copy(DoubtfulEnds other, Instance instance) {
    Issuer issuer = other.issuers.get(instance);
    if (issuer != null) {
      issuers.put(instance, issuer);
    }
  }

  /** Returns a warning about the instance's issuer, or null while its expiry is far off. */
  @Nullable String warning(Instance instance, Instant now) {
    Issuer issuer = issuers.get(instance);
    return issuer == null || stage(issuer, now) == Stage.FAR ? null : issuer.message();
  }

  /** Checks the clock, and reports what has changed. */
  void look(Instant now) {
    int told = 0;
    for (Map.Entry<Instance, Issuer> entry : issuers.entrySet()) {
      Issuer issuer = entry.getValue();
      Stage stage = stage(issuer, now);
      if (stage.compareTo(issuer.told) > 0) {
        entry.setValue(new Issuer(issuer.subject, issuer.end, stage));
        told++;
        if (told <= TOLD_AT_A_LOOK) {
          events.publish(
              new CertificateEvent.Doubtful(entry.getKey().toString(), issuer.message()));
        }
      }
    }
    if (told > TOLD_AT_A_LOOK) {
      events.publish(new CertificateEvent.Changed(told - TOLD_AT_A_LOOK));
    }
  }

  private Stage stage(Issuer issuer, Instant now) {
    return now.isAfter(issuer.end)
        ? Stage.ENDED
        : now.isAfter(issuer.end.minus(warning)) ? Stage.NEAR : Stage.FAR;
  }
}
