package io.harborgateway.control;

import io.harborgateway.admin.ActionRefusedException;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.control.Reloads.Outcome;
import io.harborgateway.control.Reloads.Result;
import io.harborgateway.issue.Issuer;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotChanges;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the snapshot in force with another, atomically or not at all. Confined to the reload
 * thread; blocks.
 */
final class Changeover {
  private static final Logger LOG = LoggerFactory.getLogger(Changeover.class);

  /** Most lines shown of routes, and of what is not in force: there may be a hundred thousand. */
  private static final int SHOWN = 50;

  private final Live live;
  private final Services factory;
  private final Reconciler reconciler;
  private final Announcements announcements;
  private final CertificateSurvey survey;
  private final DrainSequence draining;
  private final Supplier<Duration> leave;

  /**
   * @param leave how long withdrawn names and listeners keep working
   */
  Changeover(
      Live live,
      Services factory,
      Reconciler reconciler,
      Announcements announcements,
      CertificateSurvey survey,
      DrainSequence draining,
      Supplier<Duration> leave) {
    this.live = live;
    this.factory = factory;
    this.reconciler = reconciler;
    this.announcements = announcements;
    this.survey = survey;
    this.draining = draining;
    this.leave = leave;
  }

  /** Reports what the snapshot would change. */
  Result plan(Snapshot next) {
    SnapshotChanges changes = SnapshotChanges.between(live.snapshot(), next);
    return result(Outcome.PLANNED, lines(changes, next), restarts(changes), next);
  }

  /**
   * Switches to the snapshot.
   *
   * @param trigger what triggered it, for the log
   */
  Result to(Snapshot next, String trigger) {
    Snapshot now = live.snapshot();
    SnapshotChanges changes = SnapshotChanges.between(now, next);
    if (!changes.restarts().isEmpty()) {
      return rejected(changes.lines(), restarts(changes));
    }
    if (changes.isEmpty()) {
      return result(Outcome.UNCHANGED, List.of(), List.of(), next);
    }
    Prepared prepared;
    try {
      prepared = factory.prepare(next, reconciler.services(), reconciler.holding());
    } catch (IOException e) {
      return rejected(changes.lines(), List.of(String.valueOf(e.getMessage())));
    }
    if (draining.isStopping()) {
      factory.discard(prepared);
      throw new ActionRefusedException("the process is ending: nothing is reloaded any more");
    }
    try {
      next.certificates().storeIssued();
    } catch (Issuer.UnusableException e) {
      factory.discard(prepared);
      return rejected(changes.lines(), List.of("not issued: " + e.getMessage()));
    }
    List<String> lines = lines(changes, next);
    lines.forEach(line -> LOG.info("reload by {}: {}", trigger, line));
    warnAnew(now, next);
    long generation = live.get().generation();
    if (!reconciler.apply(prepared, leave.get())) {
      factory.discard(prepared);
      return rejected(lines, List.of("the control thread is busy: see the log; nothing changes"));
    }
    if (live.get().generation() == generation) {
      return rejected(lines, List.of("applying it has failed: see the log"));
    }
    survey.survey(live.get());
    return result(Outcome.APPLIED, lines, List.of(), next);
  }

  /** Returns the result of a rejected reload: nothing has changed. */
  Result rejected(List<String> changes, List<String> problems) {
    return new Result(Outcome.REJECTED, live.get().generation(), changes, problems, List.of());
  }

  private Result result(
      Outcome outcome, List<String> changes, List<String> problems, Snapshot next) {
    List<String> notTaken =
        next.sources().problems().stream().limit(SHOWN).map(Problem::toString).toList();
    return new Result(outcome, live.get().generation(), changes, problems, notTaken);
  }

  /** Returns the lines of changes, including what routers will be told. */
  private List<String> lines(SnapshotChanges changes, Snapshot next) {
    List<String> lines = new ArrayList<>(changes.lines());
    List<String> routes = announcements.plannedChanges(next);
    lines.addAll(routes.subList(0, Math.min(routes.size(), SHOWN)));
    if (routes.size() > SHOWN) {
      lines.add("and more routes, %d in all".formatted(routes.size()));
    }
    return lines;
  }

  /** Logs warnings, but does not repeat one just because its key has moved to another line. */
  private static void warnAnew(Snapshot now, Snapshot next) {
    Set<String> said = new HashSet<>();
    now.warnings().forEach(warning -> said.add(warning.path() + warning.found()));
    next.warnings().stream()
        .filter(warning -> !said.contains(warning.path() + warning.found()))
        .forEach(warning -> LOG.warn("{}", warning));
  }

  private static List<String> restarts(SnapshotChanges changes) {
    return changes.restarts().stream()
        .map(key -> key + ": can't change without a restart")
        .toList();
  }

  static List<String> texts(List<Problem> problems) {
    return problems.stream().map(Problem::toString).toList();
  }
}
