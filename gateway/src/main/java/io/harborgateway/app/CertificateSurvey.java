package io.harborgateway.app;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.Problem;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the certificates of a node with thousands of instances once, after the start, one after
 * the other on a thread that takes half of a core at most. What it finds is logged, counted, and
 * told, so that no instance is announced whose certificate can't be used; nothing else is kept.
 */
final class CertificateSurvey implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateSurvey.class);

  /** A folder with the wrong rights is one problem for a reader, not a hundred thousand. */
  private static final int SHOWN = 100;

  /** The first requests after a start come first; an early return of the wait does no harm. */
  private static final long HEAD_START_NANOS = Duration.ofSeconds(1).toNanos();

  private final Plan plan;
  private final CertificateWatch watch;
  private final BiConsumer<Instance, String> refused;
  private final Set<Instance> problematic = ConcurrentHashMap.newKeySet();
  private final List<String> shown = new ArrayList<>(); // guarded by itself
  private final AtomicInteger checked = new AtomicInteger();
  private volatile @Nullable Instant nearestEnd;
  private volatile boolean closed;

  /**
   * Makes a survey, not started.
   *
   * @param watch told of each certificate that was read
   * @param refused told each instance whose certificate can't be used and why, on the survey's
   *     thread
   */
  CertificateSurvey(
      Plan plan, Meters meters, CertificateWatch watch, BiConsumer<Instance, String> refused) {
    this.plan = plan;
    this.watch = watch;
    this.refused = refused;
    plan.certificates().kept().values().forEach(this::see);
    checked.set(plan.isChecked() ? plan.routes().instances().size() : 0);
    meters.gauge("certificates.checked", checked::get);
    meters.gauge("certificates.refused", problematic::size);
    meters.gauge("certificate.days.left.least", this::daysLeft);
  }

  private double daysLeft() {
    Instant end = nearestEnd;
    return end == null
        ? Double.NaN
        : Math.floorDiv(
            Duration.between(Instant.now(), end).toSeconds(), Duration.ofDays(1).toSeconds());
  }

  /** Begins to check what was not checked before the start. */
  void start() {
    if (!plan.isChecked()) {
      Thread.ofPlatform().name("certificates").daemon().start(this::survey);
    }
  }

  private void survey() {
    LockSupport.parkNanos(HEAD_START_NANOS);
    List<Instance> instances = plan.routes().instances();
    for (int i = 0; i < instances.size() && !closed; i++) {
      Instance instance = instances.get(i);
      long begin = System.nanoTime();
      String problem = problem(i, instance);
      checked.incrementAndGet();
      if (problem != null) {
        refuse(instance, problem, plan.problem(i, problem));
      }
      LockSupport.parkNanos(System.nanoTime() - begin); // as long as it has worked
    }
    LOG.atInfo()
        .addKeyValue("checked", checked.get())
        .addKeyValue("refused", problematic.size())
        .log("certificates checked");
  }

  private @Nullable String problem(int index, Instance instance) {
    try {
      InstanceCertificate certificate = plan.certificates().read(instance);
      see(certificate);
      watch.read(index, certificate);
      List<Finding> problems = Certificates.problems(certificate, instance, Instant.now());
      return problems.isEmpty() ? null : problems.getFirst().message();
    } catch (CertificateProblem e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void see(InstanceCertificate certificate) {
    Instant end = nearestEnd;
    if (end == null || certificate.notAfter().isBefore(end)) {
      nearestEnd = certificate.notAfter();
    }
  }

  private void refuse(Instance instance, String found, Problem problem) {
    problematic.add(instance);
    synchronized (shown) {
      if (shown.size() < SHOWN) {
        shown.add(problem.toString());
        LOG.warn("certificate not used: {}", problem);
      } else if (problematic.size() == SHOWN + 1) {
        LOG.warn("more certificates are not used; only the first {} are named", SHOWN);
      }
    }
    refused.accept(instance, found);
  }

  /** What {@code /status} shows of it. */
  record Status(int instances, int checked, int refused, List<String> problems) {}

  Status status() {
    synchronized (shown) {
      return new Status(
          plan.routes().instances().size(), checked.get(), problematic.size(), List.copyOf(shown));
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
