package io.harborgateway.control;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.lifecycle.CertificateEvent;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Certificates;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.tls.TlsContexts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves the certificate of each instance once, by handshakes in memory, on a thread of its own.
 * What it finds is logged, counted, and told, so that an instance is announced when its certificate
 * is known to work, and not before.
 *
 * <p>Of few instances the contexts that will serve are built for it, while the upstreams are
 * checked. Of thousands the certificates are first read here, after the start, each proof has a
 * context of its own, and nothing is kept.
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

  private static final Logger LOG = LoggerFactory.getLogger(CertificateSurvey.class);

  /** A folder with the wrong rights is one problem for a reader, not a hundred thousand. */
  private static final int SHOWN = 100;

  /** Of thousands the first requests come first; an early return of the wait does no harm. */
  private static final long HEAD_START_NANOS = Duration.ofSeconds(1).toNanos();

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final TlsContexts contexts;
  private final NodeEvents events;
  private final Observer observer;
  private volatile @Nullable Run run;

  /**
   * Creates one that surveys nothing yet.
   *
   * @param contexts of the state that is in force
   * @param events told of what is found
   */
  CertificateSurvey(TlsContexts contexts, Meters meters, NodeEvents events, Observer observer) {
    this.contexts = contexts;
    this.events = events;
    this.observer = observer;
    meters.gauge("certificates.checked", () -> status().checked());
    meters.gauge("certificates.refused", () -> status().refused());
    meters.gauge("certificate.days.left.least", this::daysLeft);
  }

  private double daysLeft() {
    Run current = run;
    Instant end = current == null ? null : current.nearestEnd;
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
    Run before = run;
    if (before != null) {
      before.end();
    }
    var next = new Run(state, again, before == null ? List.of() : before.shown());
    run = next;
    if (state.snapshot().config().listeners().stream()
        .anyMatch(l -> l.protocol() == Protocol.HTTPS)) {
      next.start();
    }
  }

  /** What {@code /status} shows of it. */
  record Status(int instances, int checked, int refused, List<String> problems) {}

  Status status() {
    Run current = run;
    return current == null ? new Status(0, 0, 0, List.of()) : current.status();
  }

  /** Ends after the proof that is being made: the contexts can be closed then. */
  @Override
  public synchronized void close() {
    Run current = run;
    if (current != null) {
      current.end();
    }
  }

  /** The survey of one snapshot. */
  private final class Run {
    private final Live.State state;
    private final boolean again;
    private final Snapshot snapshot;
    private final CertificateWatch watch;
    private final Set<String> shownBefore;
    private final List<String> shown = new ArrayList<>(); // guarded by itself
    private final AtomicInteger checked = new AtomicInteger();
    private final Thread thread =
        Thread.ofPlatform().name("certificates").daemon().unstarted(this::survey);
    private volatile @Nullable Instant nearestEnd;
    private volatile boolean ended;

    /**
     * @param shownBefore what was logged is not logged again
     */
    Run(Live.State state, boolean again, List<String> shownBefore) {
      this.state = state;
      this.again = again;
      this.snapshot = state.snapshot();
      this.watch = state.certificates();
      this.shownBefore = Set.copyOf(shownBefore);
      snapshot.certificates().kept().values().forEach(this::see);
      snapshot.certificateProblems().forEach(this::show);
    }

    void start() {
      thread.start();
    }

    List<String> shown() {
      synchronized (shown) {
        return List.copyOf(shown);
      }
    }

    Status status() {
      return new Status(
          snapshot.routes().instances().size(), checked.get(), watch.problems(), shown());
    }

    private void survey() {
      if (!snapshot.isChecked()) {
        LockSupport.parkNanos(HEAD_START_NANOS);
      }
      List<Instance> instances = snapshot.routes().instances();
      int judged = 0;
      for (int i = 0; i < instances.size() && !ended; i++) {
        if (again || !watch.isJudged(i)) {
          judge(i, instances.get(i));
          judged++;
        }
        checked.incrementAndGet();
      }
      if (judged > 0 || state.generation() == 1) {
        events.publish(new CertificateEvent.Checked(checked.get(), watch.problems()));
      }
    }

    /** Whatever becomes of one instance, the others have their turn. */
    private void judge(int index, Instance instance) {
      try {
        String problem = prove(index, instance);
        if (problem != null) {
          refuse(instance, problem, index);
        }
      } catch (RuntimeException e) {
        LOG.atError()
            .addKeyValue("instance", instance)
            .setCause(e)
            .log("certificate not used: an unexpected failure");
        refuse(instance, "unexpected failure: " + e, index);
      }
      observer.judged(state, index);
    }

    /** Returns why the certificate can't be used at any time, or null. */
    private @Nullable String prove(int index, Instance instance) {
      InstanceCertificate certificate = snapshot.certificates().kept().get(instance);
      try {
        if (certificate != null) {
          contexts.context(instance).join();
        } else {
          certificate = snapshot.certificates().read(instance);
          List<Finding> found =
              Certificates.problems(
                  certificate, instance, Instant.now(), snapshot.certificateGuard());
          String lasting = Certificates.lasting(found);
          if (lasting != null) {
            return lasting;
          }
          TlsContexts.prove(certificate, instance.hostNames());
          see(certificate);
          found.forEach(finding -> show(snapshot.problem(index, finding.message())));
        }
      } catch (CertificateProblem | SSLException e) {
        return String.valueOf(e.getMessage());
      } catch (CompletionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage());
      }
      watch.proven(index, certificate);
      return null;
    }

    private void see(InstanceCertificate certificate) {
      Instant end = nearestEnd;
      if (end == null || certificate.notAfter().isBefore(end)) {
        nearestEnd = certificate.notAfter();
      }
    }

    private void refuse(Instance instance, String found, int index) {
      watch.refuse(instance, found);
      show(snapshot.problem(index, found));
    }

    private void show(Problem problem) {
      String text = problem.toString();
      synchronized (shown) {
        if (shown.size() >= SHOWN) {
          return;
        }
        shown.add(text);
        if (!shownBefore.contains(text)) {
          events.publish(new CertificateEvent.Refused(text));
        }
        if (shown.size() == SHOWN) {
          LOG.warn("if more certificates are not used, only the first {} are named", SHOWN);
        }
      }
    }

    void end() {
      ended = true;
      LockSupport.unpark(thread);
      try {
        if (thread.getState() != Thread.State.NEW && !thread.join(CLOSE_LIMIT)) {
          LOG.warn("a certificate's proof does not end; left alone");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
