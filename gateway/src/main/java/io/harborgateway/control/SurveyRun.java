package io.harborgateway.control;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.lifecycle.CertificateEvent;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Certificates;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.tls.TlsContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

  /**
   * Most problems shown: a folder with wrong permissions is one problem to a reader, not a hundred
   * thousand.
   */
  private static final int SHOWN = 100;

  /** Most replaced certificates that are named, of thousands replaced at once. */
  private static final int NAMED = 20;

  /**
   * Delay of a large survey, which gives the first requests precedence; waking up early does no
   * harm.
   */
  private static final Duration HEAD_START = Duration.ofSeconds(1);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /**
   * Pause before files that can't be used are checked again: at first, and once everything has been
   * reported.
   */
  private static final Duration SOON = Duration.ofSeconds(1);

  private static final Duration LATER = Duration.ofSeconds(10);

  /** Most unusable files checked at a time; the others get their turn at the next check. */
  private static final int LOOKED_AT_AGAIN = 200;

  private final CertificateSurvey survey;
  private final Live.State state;
  private final boolean again;
  private final Snapshot snapshot;
  private final CertificateWatch watch;
  private final UnreadCertificates unread;
  private final Set<String> shownBefore;
  private final List<String> shown = new ArrayList<>(); // guarded by itself
  private final AtomicInteger checked = new AtomicInteger();

  /** Files that have changed, or an empty set to wake the thread. */
  private final BlockingQueue<Set<Path>> changes = new LinkedBlockingQueue<>();

  /**
   * Groups whose files can't be used, and why: the previous certificate is served. Confined to the
   * thread.
   */
  private final Map<Integer, String> outdated = new LinkedHashMap<>();

  private final Thread thread =
      Thread.ofPlatform().name("certificates").daemon().unstarted(this::run);
  private volatile boolean ended;

  /**
   * Creates a run that does nothing yet.
   *
   * @param before the run that has ended: what it logged is not logged again, and what it has not
   *     checked yet is checked
   */
  SurveyRun(Live.State state, boolean again, @Nullable SurveyRun before, CertificateSurvey survey) {
    this.survey = survey;
    this.state = state;
    this.again = again;
    this.snapshot = state.snapshot();
    this.watch = state.certificates();
    this.unread = new UnreadCertificates(snapshot);
    this.shownBefore = before == null ? Set.of() : Set.copyOf(before.shown());
    if (before != null) {
      changes.addAll(before.changes);
      Set<Path> chains = new LinkedHashSet<>();
      before.outdated.keySet().forEach(group -> chains.add(before.unread.files(group).getFirst()));
      changes.add(chains);
    }
    snapshot.certificateProblems().forEach(this::show);
  }

  void start() {
    thread.start();
  }

  /** Requests that certificates be read again. For any thread. */
  void changed(Set<Path> chains) {
    changes.add(chains);
  }

  @Nullable Instant nearestEnd() {
    return watch.nearestEnd();
  }

  private List<String> shown() {
    synchronized (shown) {
      return List.copyOf(shown);
    }
  }

  CertificateSurvey.Status status() {
    return new CertificateSurvey.Status(
        snapshot.routes().instances().size(),
        checked.get(),
        watch.problems(),
        shown(),
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
      if (!snapshot.isChecked()) {
        awaitHeadStart();
      }
      if (!ended) {
        survey.files().use(unread); // first: a change after it is read is then reported
      }
      judgeAll();
      while (!ended && unread.count() > 0) {
        Duration pause = survey.outdated().isWarned() ? LATER : SOON;
        Set<Path> chains =
            outdated.isEmpty()
                ? changes.take()
                : changes.poll(pause.toMillis(), TimeUnit.MILLISECONDS);
        judgeAgain(chains == null ? Set.of() : chains);
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

  private void judgeAll() {
    List<Instance> instances = snapshot.routes().instances();
    int judged = 0;
    for (int i = 0; i < instances.size() && !ended; i++) {
      if (again || !watch.isJudged(i)) {
        judge(i, instances.get(i));
        judged++;
      }
      checked.incrementAndGet();
      Set<Path> chains = changes.poll();
      if (chains != null) {
        judgeAgain(chains);
      }
    }
    if (judged > 0 || state.generation() == 1) {
      survey.events().publish(new CertificateEvent.Checked(checked.get(), watch.problems()));
    }
  }

  /** Judges one instance; whatever happens, the others get their turn. */
  private void judge(int index, Instance instance) {
    try {
      String problem = prove(index, instance);
      if (problem != null && survey.isInForce(instance)) {
        refuse(instance, problem, index);
      }
    } catch (RuntimeException e) {
      LOG.atError()
          .addKeyValue("instance", instance)
          .setCause(e)
          .log("certificate not used: an unexpected failure");
      refuse(instance, "unexpected failure: " + e, index);
    }
    survey.observer().judged(state, index);
  }

  /** Returns why the certificate can't be used, regardless of the time, or null. */
  private @Nullable String prove(int index, Instance instance) {
    InstanceCertificate certificate = snapshot.certificates().kept().get(instance);
    try {
      if (certificate != null) {
        survey.contexts().context(instance).join();
      } else {
        certificate = snapshot.certificates().read(instance);
        List<Finding> found = problems(certificate, instance);
        String lasting = Certificates.lasting(found);
        if (lasting != null) {
          return lasting;
        }
        TlsContexts.prove(certificate, instance.hostNames());
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

  private List<Finding> problems(InstanceCertificate certificate, Instance instance) {
    return Certificates.problems(certificate, instance, Instant.now(), snapshot.certificateGuard());
  }

  /** Judges certificates whose files have changed or could not be used. */
  private void judgeAgain(Set<Path> chains) {
    Set<Integer> groups = new LinkedHashSet<>();
    chains.forEach(chain -> groups.add(unread.group(chain)));
    outdated.keySet().stream().limit(LOOKED_AT_AGAIN).forEach(groups::add);
    groups.remove(-1); // the instance is gone
    int replaced = 0;
    for (int group : groups) {
      if (ended) {
        changes.add(chains); // for the next run
        return;
      }
      int index = unread.index(group);
      Instance instance = snapshot.routes().instances().get(index);
      if (replace(index, instance, group)) {
        replaced++;
        if (replaced <= NAMED) {
          survey.events().publish(new CertificateEvent.Replaced(instance.toString()));
        }
      }
      survey.observer().judged(state, index);
    }
    if (replaced > NAMED) {
      survey.events().publish(new CertificateEvent.Checked(replaced, watch.problems()));
    }
    Map<Instance, String> reasons = new HashMap<>();
    outdated.forEach((group, reason) ->
        reasons.put(snapshot.routes().instances().get(unread.index(group)), reason));
    survey.outdated().see(reasons);
  }

  /** Reads the certificate again; returns whether the new one is used from now on. */
  private boolean replace(int index, Instance instance, int group) {
    String problem;
    try {
      InstanceCertificate certificate = snapshot.certificates().read(instance);
      List<Finding> found = problems(certificate, instance);
      Finding unusable = Certificates.unusable(found);
      if (unusable == null || (Certificates.lasting(found) == null && !isServed(index, instance))) {
        SslContext context = TlsContexts.proven(certificate, instance.hostNames());
        if (!survey.contexts().replace(instance, context)) {
          ReferenceCountUtil.release(context);
        }
        outdated.remove(group);
        watch.proven(index, certificate);
        found.forEach(finding -> show(snapshot.problem(index, finding.message())));
        return true;
      }
      problem = unusable.message();
    } catch (CertificateProblem | SSLException e) {
      problem = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      LOG.atError()
          .addKeyValue("instance", instance)
          .setCause(e)
          .log("certificate not read again: an unexpected failure");
      problem = "unexpected failure: " + e;
    }
    outdated.remove(group); // and to the end, if it stays
    if (isServed(index, instance)) {
      outdated.put(group, problem);
    } else {
      survey.contexts().forget(instance);
      refuse(instance, problem, index);
    }
    return false;
  }

  /** Whether the instance has a certificate that can be used now. */
  private boolean isServed(int index, Instance instance) {
    return watch.problem(index) == null && watch.refusal(instance) == null;
  }

  private void refuse(Instance instance, String found, int index) {
    watch.refuse(instance, found);
    show(snapshot.problem(index, found));
  }

  private void show(Problem problem) {
    String text = problem.toString();
    synchronized (shown) {
      if (shown.size() >= SHOWN || shown.contains(text)) {
        return;
      }
      shown.add(text);
      if (!shownBefore.contains(text)) {
        survey.events().publish(new CertificateEvent.Refused(text));
      }
      if (shown.size() == SHOWN) {
        LOG.warn("if more certificates are not used, only the first {} are named", SHOWN);
      }
    }
  }
}
