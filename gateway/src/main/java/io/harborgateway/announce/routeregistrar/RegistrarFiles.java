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
 * Says which routes the settings file and the files of its globs have, now and from now on. A
 * change is noticed within 1 s, however it is made: in place, by a file that takes the other's
 * place, by a symbolic link that leads elsewhere, by a folder that comes or goes.
 *
 * <p>It looks every 250 ms rather than being told by the kernel, which would have to be asked about
 * each folder of each pattern and behind each link, and would tell nothing on some file systems. A
 * look is a few system calls for each file.
 */
public final class RegistrarFiles implements AutoCloseable {
  static final Duration POLL = Duration.ofMillis(250);

  private static final Logger LOG = LoggerFactory.getLogger(RegistrarFiles.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /**
   * What is told, by one thread, which may be blocked for a while. A route that changes is removed,
   * then added: the routers would take the removal of the old one for that of the new one else.
   * What throws is told again at the next look.
   */
  public interface Observer {
    /** A file has the route, and none had it before. */
    void added(RegistrarRoute route);

    /** No file has the route any more. */
    void removed(RegistrarRoute route);

    /** All routes that the files have were told of, for the first time. */
    void complete();
  }

  private final RegistrarSettings settings;
  private final List<PathGlob> globs;
  private final Observer observer;
  private final Thread thread;

  /** Confined to the thread, as the next one. */
  private final Map<Path, WatchedFile> files = new LinkedHashMap<>();

  private final Set<RegistrarRoute> present = new LinkedHashSet<>();

  /** The line of each thing that fails. Confined, too. */
  private final Map<String, PacedLine> failures = new HashMap<>();

  private volatile boolean closing;

  /** Of settings that were read without a problem. Nothing happens before {@link #start}. */
  public RegistrarFiles(RegistrarSettings settings, Observer observer) {
    this.settings = settings;
    this.globs = settings.dynamicConfigGlobs().stream().map(PathGlob::of).toList();
    this.observer = observer;
    this.thread = Thread.ofVirtual().name("registrar-files").unstarted(this::run);
  }

  /** Begins with the settings' own routes; those of other files follow. Returns at once. */
  public void start() {
    thread.start();
  }

  /** Ends the looking; nothing is told any more when it returns. Waits 5 s at most. */
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
   * What can't be used of the files that match now, and what is ignored in them; nothing of the
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
        // By close() alone: the loop's condition ends it.
        LOG.debug("the watching of route_registrar's files was interrupted");
      }
    }
  }

  /**
   * One file, or one route, that nobody foresaw must not be the end of the others. Errors count
   * too: a file that is nested too deeply is one. What fails at each look is logged once a minute.
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
              present.remove(route); // told again where that failed
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
