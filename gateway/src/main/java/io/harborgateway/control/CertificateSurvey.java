package io.harborgateway.control;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import io.harborgateway.tls.TlsContexts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
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
 */
final class CertificateSurvey implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateSurvey.class);

  /** A folder with the wrong rights is one problem for a reader, not a hundred thousand. */
  private static final int SHOWN = 100;

  /** Of thousands the first requests come first; an early return of the wait does no harm. */
  private static final long HEAD_START_NANOS = Duration.ofSeconds(1).toNanos();

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Snapshot snapshot;
  private final TlsContexts contexts;
  private final CertificateWatch watch;
  private final IntConsumer judged;
  private final List<String> shown = new ArrayList<>(); // guarded by itself
  private final AtomicInteger checked = new AtomicInteger();
  private volatile @Nullable Instant nearestEnd;
  private volatile boolean closed;
  private volatile @Nullable Thread thread;

  /**
   * Creates a survey, not started.
   *
   * @param watch told of each certificate that was proven or refused
   * @param judged told the index of each of these instances then, on the survey's thread
   */
  CertificateSurvey(
      Snapshot snapshot,
      TlsContexts contexts,
      Meters meters,
      CertificateWatch watch,
      IntConsumer judged) {
    this.snapshot = snapshot;
    this.contexts = contexts;
    this.watch = watch;
    this.judged = judged;
    snapshot.certificates().kept().values().forEach(this::see);
    snapshot.certificateProblems().forEach(this::show);
    meters.gauge("certificates.checked", checked::get);
    meters.gauge("certificates.refused", watch::problems);
    meters.gauge("certificate.days.left.least", this::daysLeft);
  }

  private double daysLeft() {
    Instant end = nearestEnd;
    return end == null
        ? Double.NaN
        : Math.floorDiv(
            Duration.between(Instant.now(), end).toSeconds(), Duration.ofDays(1).toSeconds());
  }

  /** Begins; nothing to do where no listener has TLS. */
  void start() {
    if (snapshot.config().listeners().stream().anyMatch(l -> l.protocol() == Protocol.HTTPS)) {
      thread = Thread.ofPlatform().name("certificates").daemon().start(this::survey);
    }
  }

  private void survey() {
    if (!snapshot.isChecked()) {
      LockSupport.parkNanos(HEAD_START_NANOS);
    }
    List<Instance> instances = snapshot.routes().instances();
    for (int i = 0; i < instances.size() && !closed; i++) {
      if (!snapshot.refused().containsKey(instances.get(i))) {
        judge(i, instances.get(i));
      }
      checked.incrementAndGet();
    }
    LOG.atInfo()
        .addKeyValue("checked", checked.get())
        .addKeyValue("refused", watch.problems())
        .log("certificates checked");
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
    judged.accept(index);
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
    synchronized (shown) {
      if (shown.size() < SHOWN) {
        shown.add(problem.toString());
        LOG.warn("certificate not used: {}", problem);
        if (shown.size() == SHOWN) {
          LOG.warn("if more certificates are not used, only the first {} are named", SHOWN);
        }
      }
    }
  }

  /** What {@code /status} shows of it. */
  record Status(int instances, int checked, int refused, List<String> problems) {}

  Status status() {
    synchronized (shown) {
      return new Status(
          snapshot.routes().instances().size(),
          checked.get(),
          watch.problems(),
          List.copyOf(shown));
    }
  }

  /** Ends after the proof that is being made: the contexts can be closed then. */
  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running == null) {
      return;
    }
    LockSupport.unpark(running);
    try {
      if (!running.join(CLOSE_LIMIT)) {
        LOG.warn("a certificate's proof does not end; left alone");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
