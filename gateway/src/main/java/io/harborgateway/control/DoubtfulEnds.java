package io.harborgateway.control;

import io.harborgateway.route.Instance;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Issuers whose end may be the end of an instance's chain, or not: clients decide, by what they
 * trust ({@link io.harborgateway.certs.ChainValidity#doubtful}). The instance stays announced; a
 * line in the log says so when the end is near, and when it has come.
 *
 * <p>Safe for use by any thread, but {@link #look} is for one.
 */
final class DoubtfulEnds {
  private static final Logger LOG = LoggerFactory.getLogger(DoubtfulEnds.class);

  /** One authority may be behind all instances. */
  private static final int LOGGED_AT_A_LOOK = 20;

  private final Map<Instance, Issuer> issuers = new ConcurrentHashMap<>();
  private final Duration warning;

  private enum Stage {
    FAR,
    NEAR,
    ENDED
  }

  private record Issuer(String subject, Instant end, Stage logged) {
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
  DoubtfulEnds(Duration warning) {
    this.warning = warning;
  }

  /** An instance's chain depends on this issuer, for clients that know no other of its key. */
  void add(Instance instance, X509Certificate issuer) {
    String subject = issuer.getSubjectX500Principal().getName();
    issuers.put(instance, new Issuer(subject, issuer.getNotAfter().toInstant(), Stage.FAR));
  }

  /** Takes over what another knows of the instance, and what was logged of it. */
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

  /** Looks at the clock, and logs what it changed. */
  void look(Instant now) {
    int logged = 0;
    for (Map.Entry<Instance, Issuer> entry : issuers.entrySet()) {
      Issuer issuer = entry.getValue();
      Stage stage = stage(issuer, now);
      if (stage.compareTo(issuer.logged) > 0) {
        entry.setValue(new Issuer(issuer.subject, issuer.end, stage));
        log(entry.getKey(), issuer, ++logged);
      }
    }
  }

  private static void log(Instance instance, Issuer issuer, int number) {
    if (number <= LOGGED_AT_A_LOOK) {
      LOG.atWarn().addKeyValue("instance", instance).log("certificate: {}", issuer.message());
    } else if (number == LOGGED_AT_A_LOOK + 1) {
      LOG.warn("issuers of more certificates end");
    }
  }

  private Stage stage(Issuer issuer, Instant now) {
    return now.isAfter(issuer.end)
        ? Stage.ENDED
        : now.isAfter(issuer.end.minus(warning)) ? Stage.NEAR : Stage.FAR;
  }
}
