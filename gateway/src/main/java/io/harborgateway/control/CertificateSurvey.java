package io.harborgateway.control;

import io.harborgateway.config.values.Protocol;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import io.harborgateway.tls.TlsContexts;
import io.harborgateway.watch.ManyFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Proves the certificate of each instance once, by handshakes in memory, on a thread of its own.
 * What it finds is logged, counted, and told, so that an instance is announced when its certificate
 * is known to work, and not before.
 *
 * <p>Of few instances the contexts that will serve are built for it, while the upstreams are
 * checked. Of thousands the certificates are first read here, after the start, each proof has a
 * context of its own, and nothing is kept; their files are watched, and a certificate that changes
 * is proven before it takes the place of the one before.
 *
 * <p>A next snapshot ends the survey of the one before; what that has proven is not proven again.
 * Safe for use by any thread.
 */
final class CertificateSurvey implements AutoCloseable {
  /** Told of each instance that was judged, on the survey's thread. */
  interface Observer {
    /**
     * An instance was judged.
     *
     * @param state whose watch knows the result now
     * @param index of the instance in the snapshot's route table
     */
    void judged(Live.State state, int index);
  }

  /** How often the files of certificates that are not in memory are compared without an event. */
  private static final Duration ROUND = Duration.ofMinutes(1);

  private final Live live;
  private final TlsContexts contexts;
  private final NodeEvents events;
  private final Observer observer;
  private final OutdatedCertificates outdated;
  private final ManyFiles files = new ManyFiles(ROUND, this::changed);
  private volatile @Nullable SurveyRun run;

  /**
   * Creates one that surveys nothing yet.
   *
   * @param live what is in force
   * @param contexts of it
   * @param events told of what is found
   */
  CertificateSurvey(
      Live live, TlsContexts contexts, Meters meters, NodeEvents events, Observer observer) {
    this.live = live;
    this.contexts = contexts;
    this.events = events;
    this.observer = observer;
    this.outdated = new OutdatedCertificates(events);
    meters.gauge("certificates.checked", () -> status().checked());
    meters.gauge("certificates.refused", () -> status().refused());
    meters.gauge("certificate.days.left.least", this::daysLeft);
  }

  private double daysLeft() {
    SurveyRun current = run;
    Instant end = current == null ? null : current.nearestEnd();
    return end == null
        ? Double.NaN
        : Math.floorDiv(
            Duration.between(Instant.now(), end).toSeconds(), Duration.ofDays(1).toSeconds());
  }

  /** Surveys what is in force from now on; nothing to do where no listener has TLS. */
  void survey(Live.State state) {
    survey(state, false);
  }

  /**
   * The same.
   *
   * @param again whether what has been judged is read and judged once more, standing as it was
   *     until then
   */
  synchronized void survey(Live.State state, boolean again) {
    SurveyRun before = run;
    if (before != null) {
      before.end();
    }
    boolean isNeeded =
        state.snapshot().config().listeners().stream()
            .anyMatch(l -> l.protocol() == Protocol.HTTPS);
    var next = new SurveyRun(state, again, before, this);
    run = next;
    if (isNeeded) {
      next.start();
    } else {
      files.use(ManyFiles.Groups.NONE);
    }
  }

  /** By the thread of the watch. */
  private void changed(Set<Path> chains) {
    SurveyRun current = run;
    if (current != null) {
      current.changed(chains);
    }
  }

  /** Whether the instance is still to be served: another snapshot is put into force meanwhile. */
  boolean isInForce(Instance instance) {
    return live.get().has(instance);
  }

  TlsContexts contexts() {
    return contexts;
  }

  NodeEvents events() {
    return events;
  }

  Observer observer() {
    return observer;
  }

  ManyFiles files() {
    return files;
  }

  OutdatedCertificates outdated() {
    return outdated;
  }

  /**
   * What {@code /status} shows of it.
   *
   * @param outdated of those not in memory: which have a new one that can't be used, by GUID
   */
  record Status(
      int instances,
      int checked,
      int refused,
      List<String> problems,
      Map<String, String> outdated) {}

  Status status() {
    SurveyRun current = run;
    return current == null ? new Status(0, 0, 0, List.of(), Map.of()) : current.status();
  }

  /** Ends after the proof that is being made: the contexts can be closed then. */
  @Override
  public synchronized void close() {
    files.close();
    SurveyRun current = run;
    if (current != null) {
      current.end();
    }
  }
}
