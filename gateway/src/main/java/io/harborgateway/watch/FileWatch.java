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
 * Says within 1 s which of some files and folders have changed, however it was done: in place, by a
 * file that takes the other's place, by a symbolic link anywhere on the way that leads elsewhere
 * (Kubernetes' {@code ..data}, BOSH's jobs), by a folder that comes or goes, by a mode that now
 * lets the file be read.
 *
 * <p>Directories tell by inotify, which costs nothing while nothing happens. What counts is that
 * the {@link FileStamp} differs: an event alone is no change, and a stamp is compared where no
 * event comes, too: each second where inotify has no room or may not read the directory, else at
 * long intervals, for file systems that others write to (NFS). A burst of changes is told once:
 * when nothing has happened for 100 ms, or 500 ms after the first; what is still being written then
 * is told again when it is at rest.
 *
 * <p>Made for 10,000 paths, which take 20 MB and, at each interval, 50 ms of CPU. A catalogue of
 * 100,000 would take ten times as much; it needs a round of its own that looks at a part each time.
 *
 * <p>Safe for use by any thread.
 */
public final class FileWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

  /** How long what {@link #watch} has asked for may wait for its directories' events. */
  private static final Duration TICK = Duration.ofMillis(250);

  private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Duration QUIET = Duration.ofMillis(100);
  private static final long LONGEST_NANOS = Duration.ofMillis(500).toNanos();
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** Who is told. */
  @FunctionalInterface
  public interface Callback {
    /**
     * Some have changed. Called by one thread, which may be blocked for a while: what changes
     * meanwhile is told afterwards. What throws is logged, and not told again.
     *
     * @param paths files that changed and folders in which files came, went or changed, named as
     *     they were in {@link FileWatch#watch}
     */
    void changed(Set<Path> paths);
  }

  private final long pollNanos;
  private final Callback callback;
  private final DirectoryEvents events;
  private final PacedLine failures = new PacedLine(LOG, Level.ERROR);
  private final Thread thread;

  /** Guarded by this, as are the next two, and each {@link Watched}. */
  private final Map<Target, Watched> watched = new LinkedHashMap<>();

  private final WatchedDirectories directories;

  /** What may have changed, or has not been attached to events yet. */
  private final Set<Watched> suspects = new LinkedHashSet<>();

  private volatile boolean closed;

  /**
   * Begins with nothing to watch.
   *
   * @param poll how often all stamps are compared, although no event has come; positive
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
    // Not virtual: stat(2) of many files would hold a carrier that others wait for.
    this.thread = Thread.ofPlatform().daemon().name("file-watch").unstarted(this::run);
    thread.start();
  }

  /**
   * Watches these from now on, and no others. Those that were watched before go on as they were;
   * new ones are compared with what they are now. So whoever watches first, and reads then, misses
   * nothing. Blocks for a stat(2) of each new one.
   *
   * @param files paths of files, there or not
   * @param folders paths of folders whose entries count, there or not; not those of folders in them
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

  /** Ends the watching; nothing is told any more when it returns. Waits 5 s at most. */
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
          Thread.sleep(QUIET); // events that concern nobody, of a log beside, don't set the pace
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
        // One path that nobody foresaw must not be the end of the others.
        if (!closed) {
          failures.line().setCause(e).log("watching files failed; it goes on");
          LockSupport.parkNanos(LOOK_NANOS);
        }
      }
    }
  }

  /** Waits for events, and returns whom they concern. */
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

  /** Where no events come and nothing has changed, too: it is tried again to get them. */
  private void compareAll() {
    suspect(each -> each.isPolled() || !each.isAsTold(each.stamps()));
  }

  private void comparePolled() {
    suspect(each -> each.isPolled() && !each.isAsTold(each.stamps()));
  }

  private void suspect(Predicate<Watched> condition) {
    for (Watched each : copy(watched.values())) {
      synchronized (this) { // for each one: watch() is not to wait for all
        if (watched.get(each.target()) == each && condition.test(each)) {
          suspects.add(each);
        }
      }
    }
  }

  /** Looks at the suspects until they are at rest, and tells which have changed. */
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
          pass.attach(each); // first: what changes after its stamp was taken is told by an event
          stamps.put(each, each.stamps());
        }
      }
    }
    return stamps;
  }

  /** Returns whom events concern that come in the next 100 ms. */
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
