package io.harborgateway.control;

import io.harborgateway.admin.ActionRefusedException;
import io.harborgateway.admin.BadRequestException;
import io.harborgateway.admin.ReloadAction;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.lifecycle.ReloadEvent;
import io.harborgateway.metrics.Meters;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import io.harborgateway.source.BucketListing;
import io.harborgateway.source.InstancesBucket;
import io.harborgateway.watch.FileWatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the configuration at run time: reads and validates it as {@code check} does, reports what
 * changes, and puts it into force atomically. If anything is wrong, nothing changes. Reloads run
 * one after the other on a dedicated thread. Thread-safe.
 *
 * <p>The files that the configuration names (certificates, keys, CAs) are watched, and their
 * changes take effect without a command; so do those of the configuration itself with {@code watch:
 * true}.
 */
public final class Reloads implements ReloadAction, AutoCloseable {
  /** The outcome of a reload. */
  public enum Outcome {
    /** The new configuration is in force. */
    APPLIED,
    /** The new configuration equals the old one. */
    UNCHANGED,
    /** Nothing has changed: there are problems. */
    REJECTED,
    /** A dry run: nothing was to change. */
    PLANNED
  }

  /**
   * A reload that has ended.
   *
   * @param generation the generation in force
   * @param changes a line for each
   * @param problems why nothing has changed or, for a dry run, would change
   * @param notTaken problems of individual sources that are not in force, while everything else is
   */
  public record Result(
      Outcome outcome,
      long generation,
      List<String> changes,
      List<String> problems,
      List<String> notTaken)
      implements ReloadAction.Answer {
    @Override
    public boolean isRefused() {
      return outcome == Outcome.REJECTED;
    }

    Result alsoNotTaken(String line) {
      List<String> lines = new ArrayList<>(notTaken);
      lines.add(line);
      return new Result(outcome, generation, changes, problems, List.copyOf(lines));
    }
  }

  /**
   * The reloads' part of {@code /status}.
   *
   * @param lastTrigger what triggered the last reload, or null if there was none
   * @param sourceProblems problems of sources whose last good version is in force
   * @param bucket status of the instances bucket, or null if there is none
   * @param outdated instances whose files can't be used, so that they keep their previous
   *     certificate
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

  /** Pause before files that can't be used are checked again. */
  private static final Duration OUTDATED_PAUSE = Duration.ofSeconds(1);

  private static final Duration POLL = Duration.ofSeconds(10);

  private final ConfigFile file;
  private final Live live;
  private final Changeover changeover;
  private final CertificateSurvey survey;
  private final CertificateIssuing issuing;
  private final DrainSequence draining;
  private final CertificateMeters certificateMeters;
  private final FileWatch files;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("reload").daemon().factory());

  private final OutdatedCertificates outdated;
  private final SourceProblems sources = new SourceProblems();
  private final BucketWatch bucket = new BucketWatch(this::refreshSoon);
  private final NodeEvents events;

  // Confined to the thread.
  private List<String> refreshProblems = List.of();
  private @Nullable Future<?> nextLook;

  private final AtomicBoolean refreshQueued = new AtomicBoolean();

  private volatile boolean started;
  private volatile @Nullable String lastTrigger;
  private volatile @Nullable Instant lastAt;
  private volatile @Nullable Result last;

  /**
   * Creates an object that does nothing yet.
   *
   * @param events notified of each reload
   */
  Reloads(
      ConfigFile file,
      Live live,
      Changeover changeover,
      CertificateSurvey survey,
      CertificateIssuing issuing,
      DrainSequence draining,
      Meters meters,
      NodeEvents events) {
    this.file = file;
    this.live = live;
    this.changeover = changeover;
    this.survey = survey;
    this.issuing = issuing;
    this.draining = draining;
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

  /** Begins to watch the files; changes since they were read take effect now. */
  void start() {
    started = true;
    sources.see(live.snapshot());
    watch();
    schedule(this::refreshAnyway, OUTDATED_PAUSE);
  }

  private void watch() {
    Set<Path> paths = new HashSet<>(live.snapshot().files());
    paths.add(file.path());
    files.watch(paths, live.snapshot().folders());
    bucket.follow(live.snapshot());
  }

  /**
   * Reads the configuration again on an operator's request. Returns at once.
   *
   * @return completes when that has ended, whatever the outcome; never, if the process ends first
   */
  public CompletableFuture<Void> begin(String trigger) {
    if (!started) {
      LOG.info("reload by {}: the gateway is starting, and has just read it", trigger);
      return CompletableFuture.completedFuture(null);
    }
    try {
      return CompletableFuture.runAsync(
          () -> {
            try {
              reload(trigger);
            } catch (RuntimeException e) {
              LOG.error("reload by {}: failed; what was in force stays", trigger, e);
            }
          },
          thread);
    } catch (RejectedExecutionException e) {
      LOG.debug("the process is ending: not reloaded", e);
      return new CompletableFuture<>();
    }
  }

  /** Reads the configuration again, and waits for the result. */
  public Result reload() {
    return await(() -> reload("a command"));
  }

  /**
   * Reports what a reload would change.
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
    } catch (RejectedExecutionException | CancellationException e) {
      throw new ActionRefusedException("the process is ending");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ActionRefusedException("interrupted");
    }
  }

  @Override
  public Answer perform(boolean dryRun, @Nullable Path other, @Nullable Path config) {
    if (config != null && file.isAnother(config)) {
      throw new BadRequestException(
          "config: \"" + config + "\" (expected: the file of this gateway, " + file.path() + ")");
    }
    if (other == null) {
      return dryRun ? plan(null) : reload();
    }
    // The texts of problems must not reveal files that this process can read and the caller can't.
    if (!dryRun || !file.isInSameFolder(other)) {
      throw new BadRequestException(
          "file: \"" + other + "\" (expected: one in the folder of " + file.path() + ")");
    }
    return plan(other);
  }

  Status status() {
    Live.State state = live.get();
    return new Status(
        state.generation(),
        state.since(),
        lastTrigger,
        lastAt,
        last,
        outdated(),
        sources.texts(),
        bucket.status());
  }

  /** Returns why files of instances, which keep their certificate, can't be used; by GUID. */
  Map<String, String> outdated() {
    Map<String, String> reasons = new HashMap<>(survey.status().outdated());
    reasons.putAll(outdated.reasons());
    return reasons;
  }

  // ---- on the thread

  /** A pipe, in whose place the file was when it was read first, would be waited for. */
  private Snapshot read(Path path, Snapshot now, boolean isRehearsal) throws ConfigException {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new ConfigException(
          List.of(new Problem(path.toString(), 0, 0, "", "no regular file", "a YAML file")));
    }
    Snapshot next =
        SnapshotBuilder.reload(
            path, file.environment(), now, isRehearsal, bucket.listing(), Instant.now());
    BucketListing heard = bucket.prepare(next);
    return heard == null
        ? next
        : SnapshotBuilder.reloadWith(heard, next, now, isRehearsal, Instant.now());
  }

  /** Adds why a bucket that the reload names is not heard. */
  private Result told(Result result) {
    String silence = bucket.silence();
    return silence == null || result.isRefused() ? result : result.alsoNotTaken(silence);
  }

  private Result planNow(Path path) {
    try {
      return told(changeover.plan(read(path, live.snapshot(), true)));
    } catch (ConfigException e) {
      return changeover.rejected(List.of(), Changeover.texts(e.problems()));
    } finally {
      bucket.discard();
    }
  }

  private Result reload(String trigger) {
    if (draining.isStopping()) {
      throw new ActionRefusedException("the process is ending: nothing is reloaded any more");
    }
    Result result;
    try {
      result = told(change(read(file.path(), live.snapshot(), false), trigger));
      survey.compareSoon();
    } catch (ConfigException e) {
      result = changeover.rejected(List.of(), Changeover.texts(e.problems()));
    } finally {
      bucket.discard();
    }
    finish(trigger, result);
    return result;
  }

  private Result change(Snapshot next, String trigger) {
    Set<Path> watched = live.snapshot().files();
    Result result = changeover.to(next, trigger);
    if (result.isRefused()) {
      return result;
    }
    outdated.see(next.outdated());
    sources.see(next);
    bucket.keep(next);
    if (result.outcome() == Outcome.APPLIED) {
      issuing.tell(next);
      certificateMeters.show();
      watch();
      if (!next.files().equals(watched)) {
        refreshSoon(); // changes from before it was watched
      }
    }
    return result;
  }

  private void finish(String trigger, Result result) {
    lastTrigger = trigger;
    lastAt = Instant.now();
    last = result;
    if (result.isRefused()) {
      result.problems().forEach(problem -> LOG.error("reload: {}", problem));
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

  // ---- files that change

  /** Called by the watch's thread. */
  private void changed(Set<Path> paths) {
    boolean isConfiguration = paths.contains(file.path());
    if (isConfiguration && live.snapshot().config().watch()) {
      begin("a change of the file");
    } else if (!isConfiguration || paths.size() > 1) {
      refreshSoon();
    }
  }

  /** Schedules reading the files again, once for all changes until then. */
  private void refreshSoon() {
    if (refreshQueued.compareAndSet(false, true)) {
      schedule(
          () -> {
            refreshQueued.set(false);
            refreshAnyway();
          },
          Duration.ZERO);
    }
  }

  private @Nullable Future<?> schedule(Runnable work, Duration pause) {
    try {
      return thread.schedule(work, pause.toMillis(), TimeUnit.MILLISECONDS);
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
    Result result;
    try {
      Snapshot next = SnapshotBuilder.refresh(live.snapshot(), bucket.listing(), Instant.now());
      result = change(next, "changed files");
    } catch (ConfigException e) {
      result = changeover.rejected(List.of(), Changeover.texts(e.problems()));
    }
    boolean isNewProblem = result.isRefused() && !result.problems().equals(refreshProblems);
    if (isNewProblem || result.outcome() == Outcome.APPLIED) {
      finish("changed files", result);
    }
    refreshProblems = result.problems();
    if (result.isRefused() || sources.count() > 0 || !outdated.reasons().isEmpty()) {
      lookAgain();
    }
  }

  private void lookAgain() {
    if (nextLook != null) {
      nextLook.cancel(false);
    }
    nextLook =
        schedule(
            this::refreshAnyway,
            outdated.isWarned() && !sources.isRecent() ? POLL : OUTDATED_PAUSE);
  }

  /** Whoever waits for it is told so. */
  private static void cancel(Runnable queued) {
    if (queued instanceof Future<?> future) {
      future.cancel(false);
    }
  }

  @Override
  public void close() {
    files.close();
    thread.shutdownNow().forEach(Reloads::cancel);
    bucket.close();
  }
}
