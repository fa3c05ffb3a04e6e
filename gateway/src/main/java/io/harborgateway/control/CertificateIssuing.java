package io.harborgateway.control;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.issue.Challenges;
import io.harborgateway.issue.Issuer;
import io.harborgateway.lifecycle.CertificateEvent;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Issues the certificates that the gateway is to issue itself and that are missing, can't be used,
 * or end soon, on a dedicated thread. What is issued is written to files, and comes into force as
 * any other change of them does; nothing that works is touched before.
 *
 * <p>Goes by what {@link CertificateWatch} knows anyway: nothing is kept for an instance whose
 * certificate is in order. Issues one at a time, with a pause after each, so that it takes half a
 * core at most. Thread-safe.
 */
final class CertificateIssuing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateIssuing.class);

  /** Pause between looks at all instances, which for 100,000 of them take some milliseconds. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final Duration LOOK_AT_MANY = Duration.ofSeconds(5);
  private static final int MANY = 1_000;

  /** After the CA or the folder could not be used. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** What is not urgent leaves three quarters of the time to others. */
  private static final int PAUSES_AFTER_RENEWAL = 3;

  /** What takes longer than this allows is time in which a server was waited for, and no core's. */
  private static final Duration LONGEST_REST = Duration.ofSeconds(3);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /** Most instances that are named of those issued in one pass. */
  private static final int NAMED = 20;

  /**
   * The part of {@code /status} about certificates that the gateway issues itself.
   *
   * @param authority the CA's subject or address, or null if it was not needed yet
   * @param authorityEnd when the CA ends, and no certificate later; null: not known
   * @param problem why none can be issued, or null
   * @param problems why those of single instances could not be issued, by GUID
   */
  record Status(
      @Nullable String authority,
      @Nullable Instant authorityEnd,
      long issued,
      @Nullable String problem,
      Map<String, String> problems) {}

  private final Live live;
  private final Supplier<Set<String>> outdated;
  private final Challenges challenges;
  private final Meters meters;
  private final NodeEvents events;
  private final IssueAttempts attempts = new IssueAttempts(System::nanoTime);
  private final LongAdder issued = new LongAdder();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("issuing").daemon().unstarted(this::run);

  // Confined to the thread.
  private Duration pauseAfterFailure = LOOK;
  private int issuedInPass;

  /** The one that is asked, or was last. */
  private volatile @Nullable Issuer asked;

  private volatile @Nullable String problem;
  private volatile @Nullable String authority;
  private volatile @Nullable Instant authorityEnd;

  /**
   * Creates an object that does nothing yet.
   *
   * @param outdated returns the GUIDs of instances, or of some of them, that are served by a
   *     certificate whose files can't be used any more
   * @param challenges where the gateway shows that names lead to it
   */
  CertificateIssuing(
      Live live,
      Supplier<Set<String>> outdated,
      Challenges challenges,
      Meters meters,
      NodeEvents events) {
    this.live = live;
    this.challenges = challenges;
    this.outdated = outdated;
    this.meters = meters;
    this.events = events;
    meters.gauge("certificate.issuer.days.left", this::daysLeft);
    meters.gauge("certificates.not.issued", () -> problem == null ? attempts.problems().size() : 1);
  }

  private double daysLeft() {
    Instant end = authorityEnd;
    return end == null ? Double.NaN : Duration.between(Instant.now(), end).toDays();
  }

  void start() {
    thread.start();
  }

  /**
   * Tells of the certificates that were issued when the snapshot was made. What its issuer's
   * predecessor still waits for is given up. To be called when it is in force, by any thread.
   */
  void tell(Snapshot snapshot) {
    Issuer before = asked;
    if (before != null && !before.equals(snapshot.certificates().issuer())) {
      before.close();
    }
    snapshot
        .certificates()
        .justIssued()
        .forEach((instance, result) -> {
          issued.increment();
          meters.issued(true);
          events.publish(told(instance, result));
        });
  }

  private static CertificateEvent told(Instance instance, Issuer.Issued result) {
    return new CertificateEvent.Issued(
        instance.toString(), result.reason(), result.certificate().notAfter());
  }

  /** Returns null if nothing is to be issued. */
  @Nullable Status status() {
    return live.snapshot().certificates().issuer() == null
        ? null
        : new Status(authority, authorityEnd, issued.sum(), problem, attempts.problems());
  }

  // ---- on the thread

  private void run() {
    try {
      Duration pause = LOOK;
      while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        pause = passAnyway(live.get());
      }
    } catch (InterruptedException e) {
      LOG.warn("certificates are issued no longer", e);
    }
  }

  /** Whatever becomes of it, there is a next time. */
  private Duration passAnyway(Live.State state) throws InterruptedException {
    Issuer issuer = state.snapshot().certificates().issuer();
    if (!Objects.equals(issuer, asked)) {
      forget(issuer);
    }
    if (issuer == null) {
      return LOOK;
    }
    issuedInPass = 0;
    try {
      pass(state, issuer);
      pauseAfterFailure = LOOK;
      problem = null;
      return state.snapshot().routes().instances().size() > MANY ? LOOK_AT_MANY : LOOK;
    } catch (Issuer.UnusableException e) {
      if (isReplaced(issuer)) {
        return Duration.ZERO;
      }
      fail(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("certificates could not be issued", e);
      fail(e.toString());
    } finally {
      if (issuedInPass > NAMED) {
        events.publish(new CertificateEvent.IssuedMore(issuedInPass - NAMED));
      }
    }
    Duration pause = pauseAfterFailure;
    Duration twice = pause.multipliedBy(2);
    pauseAfterFailure = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    return pause;
  }

  /** What the one before has said holds for it alone. */
  private void forget(@Nullable Issuer next) {
    asked = next;
    attempts.retain(Set.of());
    pauseAfterFailure = LOOK;
    problem = null;
    authority = null;
    authorityEnd = null;
  }

  private boolean isReplaced(Issuer issuer) {
    return !issuer.equals(live.snapshot().certificates().issuer());
  }

  private void fail(String reason) {
    meters.issued(false);
    if (!reason.equals(problem)) {
      events.publish(new CertificateEvent.NotIssued("", reason));
    }
    problem = reason;
  }

  private void pass(Live.State state, Issuer issuer)
      throws Issuer.UnusableException, InterruptedException {
    Wanted wanted = wanted(state, issuer, outdated.get());
    attempts.retain(wanted.guids());
    Issuer.Authority signer = issuer.authority(); // also without need, so that it is known before
    authority = signer.name();
    authorityEnd = signer.end();
    for (int index : wanted.missing()) {
      issue(state, issuer, index, 1);
    }
    for (int index : wanted.ending()) {
      // What ends together with its CA is not renewed again and again.
      Instant end = Instant.ofEpochSecond(state.certificates().end(index));
      if (issuer.policy().gains(end, Instant.now(), signer.end())) {
        issue(state, issuer, index, PAUSES_AFTER_RENEWAL);
      }
    }
  }

  /**
   * Instances for which a certificate may have to be issued, by their index in the route table.
   *
   * @param missing their files can't be used
   * @param ending they can
   */
  private record Wanted(List<Integer> missing, List<Integer> ending, Set<InstanceGuid> guids) {}

  private static Wanted wanted(Live.State state, Issuer issuer, Set<String> outdated) {
    var wanted = new Wanted(new ArrayList<>(), new ArrayList<>(), new HashSet<>());
    CertificateWatch watch = state.certificates();
    List<Instance> instances = state.snapshot().routes().instances();
    Instant now = Instant.now();
    for (int i = 0; i < instances.size(); i++) {
      Instance instance = instances.get(i);
      if (!watch.isJudged(i)) {
        continue;
      }
      boolean isMissing =
          watch.isRefused(instance)
              || watch.refusal(instance) != null
              || outdated.contains(instance.label());
      if ((isMissing || isDue(watch, i, instance, issuer, now))
          && state.snapshot().certificates().isIssued(instance)) {
        (isMissing ? wanted.missing : wanted.ending).add(i);
        wanted.guids.add(instance.guid());
      }
    }
    return wanted;
  }

  private static boolean isDue(
      CertificateWatch watch, int index, Instance instance, Issuer issuer, Instant now) {
    Instant begin = Instant.ofEpochSecond(watch.begin(index));
    Instant end = Instant.ofEpochSecond(watch.end(index));
    return !now.isBefore(issuer.policy().due(begin, end, instance.guid().value()));
  }

  private void issue(Live.State state, Issuer issuer, int index, int pauses)
      throws Issuer.UnusableException, InterruptedException {
    Instance instance = state.snapshot().routes().instances().get(index);
    InstanceGuid guid = instance.guid();
    List<String> names = instance.hostNames();
    if (closed.getCount() == 0
        || isReplaced(issuer)
        || !live.get().has(instance)
        || !attempts.isTime(guid, names)) {
      return;
    }
    long begun = System.nanoTime();
    try {
      Issuer.Issued result = issuer.renew(guid, names, Instant.now(), challenges);
      attempts.add(guid, names, null, issuer.pauses(), Duration.ZERO);
      if (result != null) {
        issued.increment();
        meters.issued(true);
        if (issuedInPass++ < NAMED) {
          events.publish(told(instance, result));
        }
      }
    } catch (CertificateProblem e) {
      failed(issuer, instance, e, Duration.ZERO);
    } catch (Issuer.PutOffException e) {
      Instant notBefore = e.notBefore();
      failed(
          issuer,
          instance,
          e,
          notBefore == null ? Duration.ZERO : Duration.between(Instant.now(), notBefore));
    }
    long rest = pauses * (System.nanoTime() - begun);
    closed.await(Math.min(rest, LONGEST_REST.toNanos()), TimeUnit.NANOSECONDS);
  }

  private void failed(Issuer issuer, Instance instance, Exception problem, Duration least) {
    if (isReplaced(issuer)) {
      return;
    }
    meters.issued(false);
    String reason = String.valueOf(problem.getMessage());
    if (attempts.add(instance.guid(), instance.hostNames(), reason, issuer.pauses(), least)) {
      events.publish(new CertificateEvent.NotIssued(instance.toString(), reason));
    }
  }

  /** Returns when the certificate in work is written or given up, after at most 5 s. */
  @Override
  public void close() {
    closed.countDown();
    Issuer used = asked;
    if (used != null) {
      used.close();
    }
    Issuer issuer = live.snapshot().certificates().issuer();
    if (issuer != null) {
      issuer.close();
    }
    try {
      if (thread.getState() != Thread.State.NEW && !thread.join(CLOSE_LIMIT)) {
        LOG.warn("a certificate's issue does not end; left alone");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
