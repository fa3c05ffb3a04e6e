package io.harborgateway.control;

import io.harborgateway.admin.ActionRefusedException;
import io.harborgateway.admin.ReloadAction;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.lifecycle.ReloadEvent;
import io.harborgateway.metrics.Meters;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import io.harborgateway.snapshot.SnapshotChanges;
import io.harborgateway.source.InstancesBucket;
import io.harborgateway.watch.FileWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the configuration while it runs: reads and validates it as {@code check} does, says what
 * changes, and puts it into force as one step. Whatever is wrong changes nothing. Reloads happen
 * one after the other, on a thread of their own. Safe for use by any thread.
 *
 * <p>The files that the configuration names (certificates, keys, CAs) are watched, and what they
 * say follows without a command; the configuration itself where it says {@code watch: true}.
 */
public final class Reloads implements ReloadAction, AutoCloseable {
  /** What became of a reload. */
  public enum Outcome {
    /** The new configuration is in force. */
    APPLIED,
    /** It says what the old one said. */
    UNCHANGED,
    /** Nothing has changed: there are problems. */
    REJECTED,
    /** Nothing was to change. */
    PLANNED
  }

  /**
   * A reload that has ended.
   *
   * @param generation what is in force
   * @param changes a line for each
   */
  public record Result(
      Outcome outcome, long generation, List<String> changes, List<String> problems)
      implements ReloadAction.Answer {
    @Override
    public boolean isRefused() {
      return outcome == Outcome.REJECTED;
    }
  }

  /**
   * What {@code /status} shows.
   *
   * @param lastTrigger what the last reload was begun by, or null if there was none
   * @param sourceProblems of sources, whose last good version is in force
   * @param bucket how the bucket of instances stands, or null if there is none
   * @param outdated instances whose files can't be used, so that they have what they had before
   */
  record Status(
      long generation,
      Instant since,
      @Nullable String lastTrigger,
      @Nullable Instant lastAt,
      @Nullable Result last,
      Map<String, String> outdated,
      List<String> sourceProblems,
      InstancesBucket.@Nullable Status bucket) {}

  private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);

  /** How soon files that can't be used are looked at again. */
  private static final Duration OUTDATED_PAUSE = Duration.ofSeconds(1);

  private static final Duration POLL = Duration.ofSeconds(10);

  /** A catalogue may have a hundred thousand instances. */
  private static final int SHOWN_ROUTES = 50;

  private final ConfigFile file;
  private final Live live;
  private final Services factory;
  private final Reconciler reconciler;
  private final Announcements announcements;
  private final CertificateSurvey survey;
  private final DrainSequence draining;
  private final Supplier<Duration> leave;
  private final CertificateMeters certificateMeters;
  private final FileWatch files;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("reload").daemon().factory());

  private final OutdatedCertificates outdated;
  private final SourceProblems sources = new SourceProblems();
  private final BucketWatch bucket = new BucketWatch(() -> refreshSoon(Duration.ZERO));
  private final NodeEvents events;

  // Confined to the thread.
  private List<String> refreshProblems = List.of();
  private @Nullable Future<?> nextLook;

  private volatile boolean started;
  private volatile @Nullable String lastTrigger;
  private volatile @Nullable Instant lastAt;
  private volatile @Nullable Result last;

  /**
   * Creates one that does nothing yet.
   *
   * @param leave how long what was withdrawn still works
   * @param events told of each reload
   */
  Reloads(
      ConfigFile file,
      Live live,
      Services factory,
      Reconciler reconciler,
      Announcements announcements,
      CertificateSurvey survey,
      DrainSequence draining,
      Supplier<Duration> leave,
      Meters meters,
      NodeEvents events) {
    this.file = file;
    this.live = live;
    this.factory = factory;
    this.reconciler = reconciler;
    this.announcements = announcements;
    this.survey = survey;
    this.draining = draining;
    this.leave = leave;
    this.events = events;
    this.outdated = new OutdatedCertificates(events);
    this.certificateMeters = new CertificateMeters(live, meters);
    this.files = new FileWatch(POLL, this::changed);
    certificateMeters.show();
    meters.gauge("config.source.problems", sources::count);
    meters.gauge("config.generation", () -> live.get().generation());
    meters.gauge(
        "config.last.reload.success",
        () -> {
          Result result = last;
          return result == null || result.outcome() != Outcome.REJECTED ? 1 : 0;
        });
  }

  /** Begins to watch the files; what has changed since they were read is taken now. */
  void start() {
    started = true;
    sources.see(live.snapshot());
    refreshProblems = texts(live.snapshot().sources().problems());
    watch();
    refreshSoon(OUTDATED_PAUSE);
  }

  private void watch() {
    Set<Path> paths = new HashSet<>(live.snapshot().files());
    paths.add(file.path());
    Path directory = live.snapshot().config().instancesDirectory();
    files.watch(paths, directory == null ? Set.of() : Set.of(directory));
    bucket.follow(live.snapshot());
  }

  /** Reads the configuration again, by the order of an operator. Returns at once. */
  public void begin(String trigger) {
    if (!started) {
      LOG.info("reload by {}: the gateway is starting, and has just read it", trigger);
      return;
    }
    try {
      thread.execute(() -> {
        try {
          reload(trigger);
        } catch (RuntimeException e) {
          LOG.error("reload by {}: failed; what was in force stays", trigger, e);
        }
      });
    } catch (RejectedExecutionException e) {
      LOG.debug("the process is ending: not reloaded", e);
    }
  }

  /** Reads the configuration again, and waits for the end. */
  public Result reload() {
    return await(() -> reload("a command"));
  }

  /**
   * Says what a reload would change.
   *
   * @param other a file that is not in place yet, or null
   */
  public Result plan(@Nullable Path other) {
    return await(() -> planNow(other == null ? file.path() : other));
  }

  private Result await(Callable<Result> work) {
    if (!started) {
      throw new ActionRefusedException("the gateway is starting");
    }
    try {
      return thread.submit(work).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the reload has failed", e.getCause());
    } catch (RejectedExecutionException e) {
      throw new ActionRefusedException("the process is ending");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ActionRefusedException("interrupted");
    }
  }

  @Override
  public Answer perform(boolean dryRun, @Nullable String other) {
    if (other == null) {
      return dryRun ? plan(null) : reload();
    }
    Path path = Path.of(other).toAbsolutePath().normalize();
    // Nobody is to learn by problems' texts what this process can read and they can't.
    if (!dryRun || !path.startsWith(file.path().resolveSibling(""))) {
      throw new ActionRefusedException(
          "file: \"" + other + "\" (expected: one in the folder of " + file.path() + ")");
    }
    return plan(path);
  }

  Status status() {
    Live.State state = live.get();
    return new Status(
        state.generation(),
        state.since(),
        lastTrigger,
        lastAt,
        last,
        outdated.reasons(),
        sources.texts(),
        bucket.status());
  }

  // ---- on the thread

  private Snapshot read(Path path, Snapshot now) throws ConfigException {
    return SnapshotBuilder.reload(path, file.environment(), now, bucket.listing(), Instant.now());
  }

  private Result planNow(Path path) {
    Snapshot now = live.snapshot();
    try {
      Snapshot next = read(path, now);
      SnapshotChanges changes = SnapshotChanges.between(now, next);
      List<String> problems = new ArrayList<>(restarts(changes));
      problems.addAll(texts(next.sources().problems()));
      return result(Outcome.PLANNED, lines(changes, next), problems);
    } catch (ConfigException e) {
      return result(Outcome.REJECTED, List.of(), texts(e.problems()));
    }
  }

  private Result reload(String trigger) {
    if (draining.isStopping()) {
      throw new ActionRefusedException("the process is ending: nothing is reloaded any more");
    }
    Result result;
    try {
      Snapshot now = live.snapshot();
      Snapshot next = read(file.path(), now);
      result = change(now, next, trigger);
      if (result.outcome() != Outcome.REJECTED
          && !(now.isChecked() && live.snapshot().isChecked())) {
        factory.reread();
        survey.survey(live.get(), true);
      }
    } catch (ConfigException e) {
      result = result(Outcome.REJECTED, List.of(), texts(e.problems()));
    }
    finish(trigger, result);
    return result;
  }

  private void finish(String trigger, Result result) {
    lastTrigger = trigger;
    lastAt = Instant.now();
    last = result;
    if (result.isRefused()) {
      Set<String> said = Set.copyOf(sources.texts());
      result.problems().stream()
          .filter(problem -> !said.contains(problem))
          .forEach(problem -> LOG.error("reload: {}", problem));
    }
    events.publish(
        switch (result.outcome()) {
          case APPLIED ->
              new ReloadEvent.Applied(
                  trigger, result.generation(), result.changes().size(), firstOf(result.changes()));
          case UNCHANGED -> new ReloadEvent.Unchanged(trigger, result.generation());
          case REJECTED, PLANNED ->
              new ReloadEvent.Rejected(
                  trigger,
                  result.generation(),
                  result.problems().size(),
                  firstOf(result.problems()));
        });
  }

  private static String firstOf(List<String> lines) {
    return lines.isEmpty() ? "" : lines.getFirst();
  }

  /** What sources keep as it was is told even if nothing else changes. */
  private Result change(Snapshot now, Snapshot next, String trigger) {
    Result result = tryChange(now, next, trigger);
    if (result.outcome() == Outcome.REJECTED) {
      return result;
    }
    sources.see(next);
    bucket.keep(next);
    return new Result(
        result.outcome(),
        result.generation(),
        result.changes(),
        texts(next.sources().problems()).stream().limit(SHOWN_ROUTES).toList());
  }

  private Result tryChange(Snapshot now, Snapshot next, String trigger) {
    SnapshotChanges changes = SnapshotChanges.between(now, next);
    if (!changes.restarts().isEmpty()) {
      return result(Outcome.REJECTED, changes.lines(), restarts(changes));
    }
    if (changes.isEmpty()) {
      outdated.see(next);
      return result(Outcome.UNCHANGED, List.of(), List.of());
    }
    Prepared prepared;
    try {
      prepared = factory.prepare(next, reconciler.services(), reconciler.holding());
    } catch (IOException e) {
      return result(Outcome.REJECTED, changes.lines(), List.of(String.valueOf(e.getMessage())));
    }
    if (draining.isStopping()) {
      factory.discard(prepared);
      throw new ActionRefusedException("the process is ending: nothing is reloaded any more");
    }
    List<String> lines = lines(changes, next);
    lines.forEach(line -> LOG.info("reload by {}: {}", trigger, line));
    warnAnew(now, next);
    long generation = live.get().generation();
    if (!reconciler.apply(prepared, leave.get()) && live.get().generation() == generation) {
      return result(
          Outcome.REJECTED,
          lines,
          List.of("the control thread has not applied it yet: see the log"));
    }
    outdated.see(next);
    if (now.isChecked() != next.isChecked()) {
      factory.reread(); // what was read when it was needed may be older than what is kept now
    }
    survey.survey(live.get());
    certificateMeters.show();
    watch();
    if (!next.files().equals(now.files())) {
      refreshSoon(Duration.ZERO); // what has changed before it was watched
    }
    return result(Outcome.APPLIED, lines, List.of());
  }

  /** With what routers will hear of it. */
  private List<String> lines(SnapshotChanges changes, Snapshot next) {
    List<String> lines = new ArrayList<>(changes.lines());
    List<String> routes = announcements.plannedChanges(next);
    lines.addAll(routes.subList(0, Math.min(routes.size(), SHOWN_ROUTES)));
    if (routes.size() > SHOWN_ROUTES) {
      lines.add("and more routes, %d in all".formatted(routes.size()));
    }
    return lines;
  }

  /** What was said of a key is not said again because it stands in another line now. */
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

  private static List<String> texts(List<Problem> problems) {
    return problems.stream().map(Problem::toString).toList();
  }

  private Result result(Outcome outcome, List<String> changes, List<String> problems) {
    return new Result(outcome, live.get().generation(), changes, problems);
  }

  // ---- files that change

  /** By the thread of the watch. */
  private void changed(Set<Path> paths) {
    boolean isConfiguration = paths.contains(file.path());
    if (isConfiguration && live.snapshot().config().watch()) {
      begin("a change of the file");
    } else if (!isConfiguration || paths.size() > 1) {
      refreshSoon(Duration.ZERO);
    }
  }

  private @Nullable Future<?> refreshSoon(Duration pause) {
    try {
      return thread.schedule(this::refreshAnyway, pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("the process is ending: files are not read again", e);
      return null;
    }
  }

  private void refreshAnyway() {
    try {
      refresh();
    } catch (RuntimeException e) {
      LOG.error("changed files could not be taken; what was in force stays", e);
      lookAgain();
    }
  }

  private void refresh() {
    if (draining.isStopping()) {
      return;
    }
    Snapshot now = live.snapshot();
    List<String> problems = List.of();
    List<String> changes = List.of();
    try {
      Snapshot next = SnapshotBuilder.refresh(now, bucket.listing(), Instant.now());
      Result result = change(now, next, "changed files");
      problems = result.problems();
      changes = result.changes();
      if (result.outcome() == Outcome.APPLIED) {
        finish("changed files", result);
        refreshProblems = problems;
      }
    } catch (ConfigException e) {
      problems = texts(e.problems());
    }
    if (!problems.isEmpty() && !problems.equals(refreshProblems)) {
      finish("changed files", result(Outcome.REJECTED, changes, problems));
    }
    refreshProblems = problems;
    if (!problems.isEmpty() || !outdated.reasons().isEmpty()) {
      lookAgain();
    }
  }

  private void lookAgain() {
    if (nextLook != null) {
      nextLook.cancel(false);
    }
    nextLook = refreshSoon(outdated.isWarned() && !sources.isRecent() ? POLL : OUTDATED_PAUSE);
  }

  @Override
  public void close() {
    files.close();
    bucket.close();
    thread.shutdownNow();
  }
}
