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
 * Proves the certificate of each instance once, by handshakes in memory, on a dedicated thread. The
 * results are logged, counted and reported, so that an instance is announced only once its
 * certificate is known to work.
 *
 * <p>With few instances, the contexts that will serve are built and used for it, while the
 * upstreams are checked. With thousands, the certificates are first read here, after the start;
 * each proof has its own context, and nothing is kept. Their files are watched, and a certificate
 * that changes is proven before it replaces the previous one.
 *
 * <p>A new snapshot ends the survey of the previous one, whose proofs are not repeated.
 * Thread-safe.
 */
final class CertificateSurvey implements AutoCloseable {
  /** Notified of each instance judged, on the survey's thread. */
  interface Observer {
    /**
     * An instance has been judged.
     *
     * @param state the state, whose watch now knows the result
     * @param index the instance's index in the snapshot's route table
     */
    void judged(Live.State state, int index);
  }

  /** Interval at which the files of certificates not in memory are compared even without events. */
  private static final Duration ROUND = Duration.ofMinutes(1);

  private final Live live;
  private final TlsContexts contexts;
  private final NodeEvents events;
  private final Observer observer;
  private final OutdatedCertificates outdated;
  private final ManyFiles files = new ManyFiles(ROUND, this::changed);
  private final Object handover = new Object();
  private volatile @Nullable SurveyRun run;

  /**
   * Creates a survey that does nothing yet.
   *
   * @param live the state in force
   * @param contexts contexts of the state in force
   * @param events notified of what is found
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

  /** Surveys the state now in force; does nothing if no listener has TLS. */
  synchronized void survey(Live.State state) {
    SurveyRun before = run;
    if (before != null) {
      before.end();
    }
    boolean isNeeded =
        state.snapshot().config().listeners().stream()
            .anyMatch(l -> l.protocol() == Protocol.HTTPS);
    SurveyRun next;
    synchronized (handover) {
      next = new SurveyRun(state, before, this);
      run = next;
    }
    if (isNeeded) {
      next.start();
    } else {
      files.use(ManyFiles.Groups.NONE);
      outdated.see(Map.of());
    }
  }

  /** Requests a comparison of the files of certificates not in memory. Returns at once. */
  void compareSoon() {
    files.compareSoon();
  }

  /** Called by the watch's thread. */
  private void changed(Set<Path> paths) {
    synchronized (handover) { // else the run that has ended might be told, too late
      if (run != null) {
        run.changed(paths);
      }
    }
  }

  /**
   * Whether the instance is still to be served: another snapshot may have come into force in the
   * meantime.
   */
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
   * The survey's part of {@code /status}.
   *
   * @param outdated instances whose certificate is not in memory and has a replacement that can't
   *     be used, by GUID
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

  /** Ends the survey after the proof in progress; then the contexts can be closed. */
  @Override
  public synchronized void close() {
    files.close();
    SurveyRun current = run;
    if (current != null) {
      current.end();
    }
  }
}
