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
 * Issuers whose end may be the end of an instance's chain, or not: clients decide, by what they
 * trust ({@link io.harborgateway.certs.ChainValidity#doubtful}). The instance stays announced; an
 * event says so when the end is near, and when it has come.
 *
 * <p>Safe for use by any thread, but {@link #look} is for one.
 */
final class DoubtfulEnds {
  /** One authority may be behind all instances. */
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
   * @param warning how long before an end it is near
   */
  DoubtfulEnds(Duration warning, NodeEvents events) {
    this.warning = warning;
    this.events = events;
  }

  /** An instance's chain depends on this issuer, for clients that know no other of its key. */
  void add(Instance instance, X509Certificate issuer) {
    String subject = issuer.getSubjectX500Principal().getName();
    issuers.put(instance, new Issuer(subject, issuer.getNotAfter().toInstant(), Stage.FAR));
  }

  /** Takes over what another knows of the instance, and what was told of it. */
  void copy(DoubtfulEnds other, Instance instance) {
    Issuer issuer = other.issuers.get(instance);
    if (issuer != null) {
      issuers.put(instance, issuer);
    }
  }

  /** Returns what is to be said of the instance's issuer, or null while its end is far. */
  @Nullable String warning(Instance instance, Instant now) {
    Issuer issuer = issuers.get(instance);
    return issuer == null || stage(issuer, now) == Stage.FAR ? null : issuer.message();
  }

  /** Looks at the clock, and tells what it changed. */
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
