package io.harborgateway.watch;

import io.harborgateway.pace.PacedLine;
import io.harborgateway.watch.Watched.Target;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Reports within 1 s which of a set of files and folders have changed, however it was done: in
 * place, by replacing the file, by retargeting a symbolic link anywhere on the path (Kubernetes'
 * {@code ..data}, BOSH's jobs), by adding or removing a folder, or by a mode that now allows
 * reading.
 *
 * <p>Directories are watched with inotify, which costs nothing while nothing happens. Only a
 * different {@link FileStamp} counts as a change: an event alone does not, and stamps are also
 * compared without events: every second where inotify has no room or may not read the directory,
 * otherwise at long intervals, for file systems that others write to (NFS). A burst of changes is
 * reported once: when nothing has happened for 100 ms, or 500 ms after the first; a file still
 * being written then is reported again once it is stable.
 *
 * <p>Designed for 10,000 paths, which take 20 MB and, at each interval, 50 ms of CPU. A catalogue
 * of 100,000 would take ten times as much, and would need a separate round that checks only a part
 * each time.
 *
 * <p>Thread-safe.
 */
public final class FileWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

  /**
   * How long paths passed to {@link #watch} may wait to be attached to their directories' events.
   */
  private static final Duration TICK = Duration.ofMillis(250);

  private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Duration QUIET = Duration.ofMillis(100);
  private static final long LONGEST_NANOS = Duration.ofMillis(500).toNanos();
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** Receives changes. */
  @FunctionalInterface
  public interface Callback {
    /**
     * Some paths have changed. Called by one thread, which may be blocked for a while: changes in
     * the meantime are reported afterwards. An exception is logged, and the change not reported
     * again.
     *
     * @param paths files that changed, and folders in which files were added, removed or changed,
     *     named as in {@link FileWatch#watch}
     */
    void changed(Set<Path> paths);
  }

  private final long pollNanos;
  private final Callback callback;
  private final DirectoryEvents events;
  private final PacedLine failures = new PacedLine(LOG, Level.ERROR);
  private final Thread thread;

  /** Guarded by this, like the next two, and each {@link Watched}. */
  private final Map<Target, Watched> watched = new LinkedHashMap<>();

  private final WatchedDirectories directories;

  /** Paths that may have changed, or are not attached to events yet. */
  private final Set<Watched> suspects = new LinkedHashSet<>();

  private volatile boolean closed;

  /**
   * Starts with nothing to watch.
   *
   * @param poll interval at which all stamps are compared even without events; positive
   */
  public FileWatch(Duration poll, Callback callback) {
    this(poll, callback, new Inotify());
  }

  FileWatch(Duration poll, Callback callback, DirectoryEvents events) {
    if (!poll.isPositive()) {
      throw new IllegalArgumentException("poll: " + poll + " (expected: > 0)");
    }
    this.pollNanos = poll.toNanos();
    this.callback = callback;
    this.events = events;
    this.directories = new WatchedDirectories(events);
    // Not virtual: stat(2) of many files would pin a carrier thread that others wait for.
    this.thread = Thread.ofPlatform().daemon().name("file-watch").unstarted(this::run);
    thread.start();
  }

  /**
   * Watches exactly these paths from now on. Paths watched before are continued; new ones are
   * compared with their current state. So a caller that watches first and then reads misses
   * nothing. Blocks for a stat(2) of each new path.
   *
   * @param files paths of files, existing or not
   * @param folders paths of folders, existing or not, whose direct entries count
   */
  public void watch(Set<Path> files, Set<Path> folders) {
    Set<Target> wanted = new LinkedHashSet<>();
    files.forEach(file -> wanted.add(new Target(file, false)));
    folders.forEach(folder -> wanted.add(new Target(folder, true)));
    synchronized (this) {
      watched.values().removeIf(old -> !wanted.contains(old.target()) && forget(old));
      for (Target target : wanted) {
        if (!watched.containsKey(target)) {
          var added = new Watched(target);
          watched.put(target, added);
          suspects.add(added);
        }
      }
    }
  }

  private boolean forget(Watched old) {
    directories.detach(old);
    suspects.remove(old);
    return true;
  }

  /** Stops watching; the callback is not called after this returns. Waits at most 5 s. */
  @Override
  public void close() {
    closed = true;
    events.close();
    if (Thread.currentThread().equals(thread)) {
      return;
    }
    try {
      if (!thread.join(CLOSE_TIMEOUT)) {
        LOG.warn("the watching of files has not ended within {}", CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long polled = System.nanoTime();
    long looked = polled;
    while (!closed) {
      try {
        if (await(TICK).isEmpty()) {
          Thread.sleep(QUIET); // events of unrelated files, such as a log, don't set the pace
        }
        long now = System.nanoTime();
        if (now - polled >= pollNanos) {
          polled = now;
          looked = now;
          compareAll();
        } else if (now - looked >= LOOK_NANOS) {
          looked = now;
          comparePolled();
        }
        settle();
      } catch (InterruptedException e) {
        LOG.warn("the watching of files was interrupted; it goes on", e);
      } catch (RuntimeException | Error e) {
        // One unexpected path must not stop the others.
        if (!closed) {
          failures.line().setCause(e).log("watching files failed; it goes on");
          LockSupport.parkNanos(LOOK_NANOS);
        }
      }
    }
  }

  /** Waits for events, and returns the watched paths affected. */
  private Set<Watched> await(Duration time) throws InterruptedException {
    WatchKey key = events.poll(time);
    if (key == null) {
      return Set.of();
    }
    synchronized (this) {
      Set<Watched> concerned = directories.concerned(key);
      suspects.addAll(concerned);
      return concerned;
    }
  }

  /** Compares all stamps, and tries again to get events where there are none. */
  private void compareAll() {
    suspect(each -> each.isPolled() || !each.isAsTold(each.stamps()));
  }

  private void comparePolled() {
    suspect(each -> each.isPolled() && !each.isAsTold(each.stamps()));
  }

  private void suspect(Predicate<Watched> condition) {
    for (Watched each : copy(watched.values())) {
      synchronized (this) { // locked for each one: watch() must not wait for all
        if (watched.get(each.target()) == each && condition.test(each)) {
          suspects.add(each);
        }
      }
    }
  }

  /** Checks the suspects until they are stable, and reports which have changed. */
  private void settle() throws InterruptedException {
    Map<Watched, Map<Path, FileStamp>> last = look();
    if (last.isEmpty()) {
      return;
    }
    long begin = System.nanoTime();
    Set<Watched> restless;
    do {
      restless = gather();
      Map<Watched, Map<Path, FileStamp>> next = look();
      for (Map.Entry<Watched, Map<Path, FileStamp>> each : next.entrySet()) {
        if (!each.getValue().equals(last.get(each.getKey()))) {
          restless.add(each.getKey());
        }
      }
      last = next;
    } while (!restless.isEmpty() && System.nanoTime() - begin < LONGEST_NANOS);
    tell(last, restless);
  }

  private Map<Watched, Map<Path, FileStamp>> look() {
    Map<Watched, Map<Path, FileStamp>> stamps = new LinkedHashMap<>();
    WatchedDirectories.Pass pass = directories.pass();
    for (Watched each : copy(suspects)) {
      synchronized (this) {
        if (suspects.contains(each)) {
          pass.attach(each); // first: a change after its stamp was taken then causes an event
          stamps.put(each, each.stamps());
        }
      }
    }
    return stamps;
  }

  /** Returns the watched paths affected by events in the next 100 ms. */
  private Set<Watched> gather() throws InterruptedException {
    Set<Watched> concerned = new HashSet<>();
    long begin = System.nanoTime();
    long left = QUIET.toNanos();
    while (left > 0 && !closed) {
      concerned.addAll(await(Duration.ofNanos(left)));
      left = QUIET.toNanos() - (System.nanoTime() - begin);
    }
    return concerned;
  }

  private void tell(Map<Watched, Map<Path, FileStamp>> stamps, Set<Watched> restless) {
    Set<Path> changed = new LinkedHashSet<>();
    synchronized (this) {
      stamps.forEach((each, now) -> {
        boolean atRest = !restless.contains(each);
        if (suspects.contains(each) && !each.isAsTold(now)) {
          changed.add(each.target().path());
          each.told(now, atRest);
        }
        if (atRest) {
          suspects.remove(each);
        }
      });
    }
    if (changed.isEmpty() || closed) {
      return;
    }
    try {
      callback.changed(changed);
    } catch (RuntimeException | Error e) {
      LOG.error("what the change of {} comes to failed", changed, e);
    }
  }

  private synchronized List<Watched> copy(Collection<Watched> some) {
    return List.copyOf(some);
  }
}
