package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.binding.Problem;
import io.harborgateway.pace.PacedLine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Watches the routes in the settings file and the files of its globs. A change is noticed within 1
 * s, however it is made: in place, by replacing the file, by retargeting a symbolic link, or by
 * adding or removing a folder.
 *
 * <p>It polls every 250 ms rather than using inotify, which would need a watch for each folder of
 * each pattern and behind each link, and does not work on some file systems. Each poll takes a few
 * system calls per file.
 */
public final class RegistrarFiles implements AutoCloseable {
  static final Duration POLL = Duration.ofMillis(250);

  private static final Logger LOG = LoggerFactory.getLogger(RegistrarFiles.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /**
   * Notified on one thread, which it may block for a while. A changed route is removed, then added:
   * otherwise routers would mistake the removal of the old one for that of the new one. A callback
   * that throws is repeated at the next poll.
   */
  public interface Observer {
    /** A route has appeared that no file had before. */
    void added(RegistrarRoute route);

    /** No file has the route any more. */
    void removed(RegistrarRoute route);

    /** All routes in the files have been reported for the first time. */
    void complete();
  }

  private final RegistrarSettings settings;
  private final List<PathGlob> globs;
  private final Observer observer;
  private final Thread thread;

  /** Confined to the thread, like the next one. */
  private final Map<Path, WatchedFile> files = new LinkedHashMap<>();

  private final Set<RegistrarRoute> present = new LinkedHashSet<>();

  /** The log line of each failing task. Confined, too. */
  private final Map<String, PacedLine> failures = new HashMap<>();

  private volatile boolean closing;

  /**
   * Creates a watcher for settings that were read without problems. Does nothing before {@link
   * #start}.
   */
  public RegistrarFiles(RegistrarSettings settings, Observer observer) {
    this.settings = settings;
    this.globs = settings.dynamicConfigGlobs().stream().map(PathGlob::of).toList();
    this.observer = observer;
    this.thread = Thread.ofVirtual().name("registrar-files").unstarted(this::run);
  }

  /** Starts with the settings' own routes; those of other files follow. Returns at once. */
  public void start() {
    thread.start();
  }

  /** Stops watching; the observer is not called after this returns. Waits at most 5 s. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      if (thread.isAlive() && !thread.join(CLOSE_TIMEOUT)) {
        LOG.warn("the watching of route_registrar's files has not ended within {}", CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Returns what can't be used, and what is ignored, in the files that match now; not in the
   * settings file itself. Blocks.
   */
  public static List<Problem> problems(RegistrarSettings settings) {
    List<Problem> problems = new ArrayList<>();
    settings.dynamicConfigGlobs().stream()
        .flatMap(glob -> PathGlob.of(glob).paths().stream())
        .distinct()
        .map(file -> DynamicFile.read(file, settings.host()))
        .forEach(file -> {
          problems.addAll(file.problems());
          problems.addAll(file.warnings());
        });
    return problems;
  }

  private void run() {
    boolean complete = false;
    while (!closing) {
      anyway("looking at route_registrar's files", this::look);
      if (!complete && files.values().stream().allMatch(WatchedFile::isSettled)) {
        complete = true;
        anyway("telling that all was told", observer::complete);
      }
      if (globs.isEmpty()) {
        return;
      }
      try {
        Thread.sleep(POLL);
      } catch (InterruptedException e) {
        // Only close() interrupts; the loop's condition ends it.
        LOG.debug("the watching of route_registrar's files was interrupted");
      }
    }
  }

  /**
   * Runs a task whatever it throws: one unexpected file or route must not stop the others. That
   * includes errors, such as for a file that is nested too deeply. A task that fails at every poll
   * is logged once a minute.
   */
  private void anyway(String what, Runnable task) {
    try {
      task.run();
      failures.remove(what);
    } catch (RuntimeException | Error e) {
      failures
          .computeIfAbsent(what, first -> new PacedLine(LOG, Level.ERROR))
          .line()
          .setCause(e)
          .log("{} failed; it is tried again", what);
    }
  }

  private void look() {
    Set<Path> matching = new LinkedHashSet<>();
    globs.forEach(glob -> matching.addAll(glob.paths()));
    for (Path path : matching) {
      WatchedFile file =
          files.computeIfAbsent(path, added -> new WatchedFile(added, settings.host()));
      anyway("looking at " + path, file::look);
    }
    files
        .entrySet()
        .removeIf(file -> !matching.contains(file.getKey()) && file.getValue().isGone());
    tell();
  }

  private void tell() {
    Set<RegistrarRoute> wanted = new LinkedHashSet<>(settings.routes());
    files.values().forEach(file -> wanted.addAll(file.routes()));
    for (RegistrarRoute route : new ArrayList<>(present)) {
      if (!wanted.contains(route)) {
        anyway(
            "removing the route " + route.label(),
            () -> {
              observer.removed(route);
              present.remove(route); // reported again if that fails
            });
      }
    }
    for (RegistrarRoute route : wanted) {
      if (!closing && !present.contains(route)) {
        anyway(
            "adding the route " + route.label(),
            () -> {
              observer.added(route);
              present.add(route);
            });
      }
    }
  }
}
