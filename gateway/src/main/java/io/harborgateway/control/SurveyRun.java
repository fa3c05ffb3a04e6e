package io.harborgateway.control;

import static java.util.stream.Collectors.partitioningBy;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.Finding;
import io.harborgateway.lifecycle.CertificateEvent;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Certificates;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.tls.TlsContexts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The survey of one snapshot: judges each certificate once, then those whose files change, until
 * another snapshot is surveyed. Runs on a dedicated thread.
 */
final class SurveyRun {
  private static final Logger LOG = LoggerFactory.getLogger(SurveyRun.class);

  /** Most replaced certificates that are named, of thousands replaced at once. */
  private static final int NAMED = 20;

  /**
   * Delay of a large survey, which gives the first requests precedence; waking up early does no
   * harm.
   */
  private static final Duration HEAD_START = Duration.ofSeconds(1);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /**
   * How long a pair may be half-written before routers are told that the instance can't be served.
   */
  private static final long GRACE_NANOS = Duration.ofSeconds(2).toNanos();

  private final CertificateSurvey survey;
  private final Live.State state;
  private final Snapshot snapshot;
  private final CertificateWatch watch;

  /** Of the thread, which begins with making it: that takes a while with a hundred thousand. */
  private @Nullable UnreadCertificates files;

  private final ShownProblems problems;
  private final FailingCertificates failing = new FailingCertificates();
  private final AtomicInteger checked = new AtomicInteger();

  /** Files that have changed, or an empty set to wake the thread. */
  private final BlockingQueue<Set<Path>> changes = new LinkedBlockingQueue<>();

  /** The changed files being judged, for the next run in case this one hangs. */
  private volatile Set<Path> inWork = Set.of();

  /** Indexes of instances about which the previous run learned while this snapshot was prepared. */
  private final List<Integer> learned;

  private final Thread thread =
      Thread.ofPlatform().name("certificates").daemon().unstarted(this::run);
  private volatile boolean ended;

  /**
   * Creates a run that does nothing yet.
   *
   * @param before the run that has ended: what it logged is not logged again, and what it has not
   *     checked yet is checked
   */
  SurveyRun(Live.State state, @Nullable SurveyRun before, CertificateSurvey survey) {
    this.survey = survey;
    this.state = state;
    this.snapshot = state.snapshot();
    this.watch = state.certificates();
    this.problems =
        new ShownProblems(snapshot, before == null ? null : before.problems, survey.events());
    this.learned = before == null ? List.of() : watch.adopt(before.watch);
    if (before != null && UnreadCertificates.areIn(snapshot)) {
      before.changes.forEach(this::changed);
      changed(before.inWork);
      changed(before.chains(before.failing.indexes()));
    }
  }

  private Set<Path> chains(Collection<Integer> indexes) {
    Set<Path> chains = new LinkedHashSet<>();
    for (int index : indexes) {
      chains.add(UnreadCertificates.files(snapshot, instance(index)).getFirst());
    }
    return chains;
  }

  private Instance instance(int index) {
    return snapshot.routes().instances().get(index);
  }

  void start() {
    thread.start();
  }

  /** Requests that certificates be read again. For any thread. */
  void changed(Set<Path> paths) {
    if (!paths.isEmpty()) {
      changes.add(paths);
    }
  }

  @Nullable Instant nearestEnd() {
    return watch.nearestEnd();
  }

  CertificateSurvey.Status status() {
    return new CertificateSurvey.Status(
        snapshot.routes().instances().size(),
        checked.get(),
        watch.problems(),
        problems.texts(),
        survey.outdated().reasons());
  }

  /** Ends the run; returns when the proof in progress has ended, after at most 5 s. */
  void end() {
    ended = true;
    changes.add(Set.of());
    try {
      if (thread.getState() != Thread.State.NEW && !thread.join(CLOSE_LIMIT)) {
        LOG.warn("a certificate's proof does not end; left alone");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- on the thread

  private void run() {
    try {
      if (!snapshot.isChecked() && state.generation() == 1) {
        awaitHeadStart();
      }
      var unread = new UnreadCertificates(snapshot);
      files = unread;
      if (!ended) {
        survey.files().use(unread); // first: a change after it is read is then reported
      }
      learned.forEach(index -> survey.observer().judged(state, index));
      judgeAll();
      seeOutdated(); // of the previous snapshot some may be left
      while (!ended && unread.count() > 0) {
        Set<Path> changed =
            failing.isEmpty()
                ? changes.take()
                : changes.poll(failing.pause().toMillis(), TimeUnit.MILLISECONDS);
        judgeAgainAnyway(changed == null ? Set.of() : changed);
      }
    } catch (InterruptedException e) {
      LOG.warn("the survey of certificates was interrupted", e);
    }
  }

  private void awaitHeadStart() throws InterruptedException {
    Set<Path> early = changes.poll(HEAD_START.toMillis(), TimeUnit.MILLISECONDS);
    if (early != null) {
      changes.add(early);
    }
  }

  /** Judges each once, those that clients use first. */
  private void judgeAll() {
    BitSet seen = new BitSet();
    int judged = judgeAll(seen, survey.contexts()::has) + judgeAll(seen, instance -> true);
    if (!ended && (judged > 0 || state.generation() == 1)) {
      survey.events().publish(new CertificateEvent.Checked(checked.get(), watch.problems()));
    }
  }

  private int judgeAll(BitSet seen, Predicate<Instance> condition) {
    List<Instance> instances = snapshot.routes().instances();
    int judged = 0;
    for (int i = 0; i < instances.size() && !ended; i++) {
      if (seen.get(i) || !condition.test(instances.get(i))) {
        continue;
      }
      seen.set(i);
      if (!watch.isJudged(i)) {
        judge(i);
        judged++;
      }
      checked.incrementAndGet();
      Set<Path> changed = changes.poll();
      if (changed != null) {
        judgeAgainAnyway(changed);
      }
    }
    return judged;
  }

  /** Logs a failure, which must not end the survey. */
  private void judgeAgainAnyway(Set<Path> changed) {
    inWork = changed;
    try {
      judgeAgain(changed);
    } catch (RuntimeException e) {
      LOG.error("changed certificates could not be judged", e);
    }
    inWork = Set.of();
  }

  /** Judges those whose files have changed, and those whose files could not be used. */
  private void judgeAgain(Set<Path> changed) {
    int replaced = 0;
    List<Integer> indexes = order(changed);
    for (int i = 0; i < indexes.size(); i++) {
      if (ended) {
        changed(chains(indexes.subList(i, indexes.size()))); // for the next run
        return;
      }
      int index = indexes.get(i);
      if (judge(index)) {
        replaced++;
        if (replaced <= NAMED) {
          survey.events().publish(new CertificateEvent.Replaced(instance(index).toString()));
        }
      }
    }
    if (replaced > NAMED) {
      survey.events().publish(new CertificateEvent.Checked(replaced, watch.problems()));
    }
    seeOutdated();
  }

  private void seeOutdated() {
    Map<Instance, String> reasons = new HashMap<>();
    failing.outdated().forEach((index, reason) -> reasons.put(instance(index), reason));
    survey.outdated().see(reasons);
  }

  /** Returns the indexes of those to be judged again, first of those that clients use. */
  private List<Integer> order(Set<Path> changed) {
    Set<Integer> indexes = new LinkedHashSet<>();
    UnreadCertificates unread = Objects.requireNonNull(files);
    changed.forEach(file -> unread.groups(file).forEach(group -> indexes.add(unread.index(group))));
    indexes.addAll(failing.due());
    // asked once for each: handshakes change the answer meanwhile
    Map<Boolean, List<Integer>> byUse =
        indexes.stream().collect(partitioningBy(index -> survey.contexts().has(instance(index))));
    List<Integer> order = new ArrayList<>(byUse.getOrDefault(true, List.of()));
    order.addAll(byUse.getOrDefault(false, List.of()));
    return order;
  }

  /**
   * Judges one; whatever becomes of it, the others get their turn.
   *
   * @return whether it has another certificate from now on
   */
  private boolean judge(int index) {
    Instance instance = instance(index);
    boolean isReplaced = false;
    try {
      isReplaced =
          snapshot.certificates().kept().containsKey(instance)
              ? judgeKept(index, instance)
              : judgeUnread(index, instance);
    } catch (CertificateProblem | SSLException e) {
      fail(index, instance, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.atError()
          .addKeyValue("instance", instance)
          .setCause(e)
          .log("certificate not used: an unexpected failure");
      fail(index, instance, "unexpected failure: " + e);
    }
    survey.observer().judged(state, index);
    return isReplaced;
  }

  /** The context that will serve is built for it. */
  private boolean judgeKept(int index, Instance instance) throws SSLException {
    try {
      survey.contexts().context(instance).join();
    } catch (CompletionException e) {
      throw new SSLException(
          String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage()), e);
    }
    watch.proven(index, snapshot.certificate(instance));
    return false;
  }

  private boolean judgeUnread(int index, Instance instance)
      throws CertificateProblem, SSLException {
    survey.files().remember(UnreadCertificates.files(snapshot, instance));
    CertificateSet certificate = snapshot.certificates().read(instance);
    List<Finding> found =
        Certificates.problems(certificate, instance, Instant.now(), snapshot.certificateGuard());
    Finding unusable = Certificates.unusable(found);
    boolean isServing = survey.contexts().isServing(instance, certificate);
    if (unusable != null
        && (Certificates.lasting(found) != null || (!isServing && isServed(instance)))) {
      throw new CertificateProblem(unusable.message());
    }
    if (!isServing) {
      survey
          .contexts()
          .replace(instance, TlsContexts.proven(certificate, instance.hostNames(), snapshot.tls()));
    } else {
      survey.contexts().staple(instance, certificate);
    }
    boolean wasJudged = watch.isJudged(index);
    failing.remove(index);
    watch.proven(index, certificate);
    problems.show(index, found.stream().map(Finding::message).toList());
    return wasJudged && !isServing;
  }

  /** Whether clients are served with a certificate that can be used now. */
  private boolean isServed(Instance instance) {
    return survey.contexts().has(instance) && watch.refusal(instance) == null;
  }

  private void fail(int index, Instance instance, String reason) {
    if (!survey.isInForce(instance)) {
      return; // it went while it was judged
    }
    long since = failing.since(index);
    boolean isUnread = !snapshot.certificates().kept().containsKey(instance);
    boolean mayBeHalfWritten =
        watch.problem(index) == null && System.nanoTime() - since < GRACE_NANOS;
    boolean keeps = isUnread && (isServed(instance) || mayBeHalfWritten);
    if (isUnread) {
      failing.add(index, reason, since, keeps);
    }
    if (!keeps) {
      survey.contexts().forget(instance);
      watch.refuse(instance, reason);
      if (!snapshot.certificates().isIssued(instance)) { // else it is issued, or said why not
        problems.show(index, List.of(reason));
      }
    }
  }
}
