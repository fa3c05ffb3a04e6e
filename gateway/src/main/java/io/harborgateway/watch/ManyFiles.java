package io.harborgateway.watch;

import io.harborgateway.pace.PacedLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Watches hundreds of thousands of files, for each of which {@link FileWatch} would take 2 KB: here
 * a group of files takes 8 bytes. The files' folders are watched with inotify, which reports
 * changes within half a second. All stamps are compared in rounds of a minute, a small part at a
 * time, for changes without events: file systems that others write to, folders beyond the first
 * 10,000, and symbolic links above the folders. A symbolic link replaced in one of the folders
 * (Kubernetes' {@code ..data}) starts such a round at once.
 *
 * <p>Thread-safe.
 */
public final class ManyFiles implements AutoCloseable {
  /** The watched groups of files, by number. Immutable; for any thread. */
  public interface Groups {
    /** No groups. */
    Groups NONE =
        new Groups() {
          @Override
          public int count() {
            return 0;
          }

          @Override
          public List<Path> files(int group) {
            throw new IndexOutOfBoundsException(group);
          }

          @Override
          public List<Integer> groups(Path file) {
            return List.of();
          }

          @Override
          public Set<Path> folders() {
            return Set.of();
          }
        };

    /** Returns the number of groups. */
    int count();

    /** Returns the files of a group, by which it is known to be the same in other groups. */
    List<Path> files(int group);

    /** Returns the numbers of the groups that the file belongs to. */
    List<Integer> groups(Path file);

    /** Returns the folders of all files, as written in their paths. */
    Set<Path> folders();
  }

  private static final Logger LOG = LoggerFactory.getLogger(ManyFiles.class);

  static final Duration TICK = Duration.ofMillis(100);
  private static final long LONGEST_NANOS = Duration.ofMillis(500).toNanos();
  private static final int HURRY_PART = 1_000;

  /** Rounds that are not spread over a minute take a tenth of a core at most. */
  private static final int HURRY_SHARE = 10;

  private static final int MAX_FOLDERS = 10_000;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
  private static final long UNKNOWN = 0;

  private final long ticksOfRound;
  private final FileWatch.Callback callback;
  private final DirectoryEvents events;
  private final PacedLine untold = new PacedLine(LOG, Level.WARN);
  private final PacedLine failures = new PacedLine(LOG, Level.ERROR);
  private final Thread thread;

  // Guarded by this.
  private Groups groups = Groups.NONE;
  private long[] stamps = {};
  private final BitSet suspects = new BitSet();
  private final Map<WatchKey, Set<Path>> folders = new HashMap<>();
  private int next;

  // Confined to the thread.
  private boolean linkChanged;
  private long hurryBegan;
  private long hurryAllowed = System.nanoTime();
  private int hurryLeft;

  private volatile boolean hurryRequested;
  private volatile boolean closed;

  /**
   * Creates a watch of nothing.
   *
   * @param round interval at which all files are compared even without events
   * @param callback notified of all files of changed groups
   */
  public ManyFiles(Duration round, FileWatch.Callback callback) {
    this(round, callback, new Inotify());
  }

  ManyFiles(Duration round, FileWatch.Callback callback, DirectoryEvents events) {
    this.ticksOfRound = Math.max(1, round.dividedBy(TICK));
    this.callback = callback;
    this.events = events;
    this.thread = Thread.ofPlatform().daemon().name("many-files").unstarted(this::run);
  }

  /**
   * Watches exactly these from now on: changes after this returns are reported. What was already
   * watched continues. Blocks for the registration of each folder.
   */
  public synchronized void use(Groups after) {
    long[] known = new long[after.count()];
    BitSet suspected = new BitSet();
    for (int i = 0; groups.count() > 0 && i < known.length; i++) {
      List<Path> files = after.files(i);
      for (int was : groups.groups(files.getFirst())) {
        if (groups.files(was).equals(files)) {
          known[i] = stamps[was];
          suspected.set(i, suspects.get(was));
        }
      }
    }
    groups = after;
    stamps = known;
    suspects.clear();
    suspects.or(suspected);
    next = 0;
    register();
    if (after.count() > 0 && thread.getState() == Thread.State.NEW && !closed) {
      thread.start();
    }
  }

  /**
   * Must be called before files are read for the first time: from then on they are compared with
   * what they are now. Those not read yet are reported by their events alone. Blocks for a stat(2)
   * of each.
   *
   * @param files all of a group
   */
  public synchronized void remember(List<Path> files) {
    for (int group : groups.groups(files.getFirst())) {
      if (stamps[group] == UNKNOWN && !suspects.get(group) && groups.files(group).equals(files)) {
        stamps[group] = stamp(group);
      }
    }
  }

  /** Compares all files soon, instead of in the course of a minute. Returns at once. */
  public void compareSoon() {
    hurryRequested = true;
  }

  /** Stops watching; the callback is not called after this returns. Waits at most 5 s. */
  @Override
  public void close() {
    closed = true;
    events.close();
    try {
      if (thread.getState() != Thread.State.NEW && !thread.join(CLOSE_TIMEOUT)) {
        LOG.warn("the watching of files has not ended within {}", CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Registers each folder again: another may have taken its place. */
  private void register() {
    Map<WatchKey, Set<Path>> registered = new HashMap<>();
    int left = MAX_FOLDERS;
    for (Path folder : groups.folders()) {
      if (left-- == 0) {
        untold
            .line()
            .log("more than {} folders: changes in the others are seen in a minute", MAX_FOLDERS);
        break;
      }
      try {
        registered.computeIfAbsent(events.register(folder), key -> new HashSet<>(2)).add(folder);
      } catch (IOException e) {
        untold
            .line()
            .addKeyValue("folder", folder)
            .addKeyValue("error", e.toString())
            .log("changes in the folder are not told by the kernel, but seen within a minute");
      }
    }
    folders.keySet().stream().filter(key -> !registered.containsKey(key)).forEach(WatchKey::cancel);
    folders.clear();
    folders.putAll(registered);
  }

  private void run() {
    long compared = System.nanoTime();
    long suspectedAt = compared;
    while (!closed) {
      try {
        WatchKey key = events.poll(hurryLeft > 0 ? Duration.ofMillis(1) : TICK);
        boolean wasIdle = !hasSuspects();
        if (key != null) {
          take(key);
        }
        long now = System.nanoTime();
        if (hurryLeft > 0 || now - compared >= TICK.toNanos()) {
          compared = now;
          comparePart();
        }
        suspectedAt = wasIdle ? now : suspectedAt;
        if (key == null || now - suspectedAt >= LONGEST_NANOS) {
          tell();
        }
        hurryIfDue(now);
      } catch (InterruptedException e) {
        LOG.warn("the watching of files was interrupted; it goes on", e);
      } catch (RuntimeException | Error e) {
        if (!closed) {
          failures.line().setCause(e).log("watching files failed; it goes on");
          LockSupport.parkNanos(TICK.toNanos());
        }
      }
    }
  }

  private synchronized boolean hasSuspects() {
    return !suspects.isEmpty();
  }

  private synchronized int count() {
    return groups.count();
  }

  private synchronized void take(WatchKey key) {
    Set<Path> named = folders.getOrDefault(key, Set.of());
    for (WatchEvent<?> event : key.pollEvents()) {
      if (event.kind().equals(StandardWatchEventKinds.OVERFLOW)
          || !(event.context() instanceof Path name)) {
        linkChanged = true;
        continue;
      }
      for (Path folder : named) {
        take(folder.resolve(name));
      }
    }
    if (!key.reset()) { // the folder is gone, or has another name
      linkChanged = true;
      register();
    }
  }

  private void take(Path file) {
    List<Integer> those = groups.groups(file);
    for (int group : those) {
      suspects.set(group);
      stamps[group] = UNKNOWN; // it may have been compared between the change and the event
    }
    if (those.isEmpty() && Files.isSymbolicLink(file)) {
      linkChanged = true;
    }
  }

  private void hurryIfDue(long now) {
    if (hurryLeft == 0 && (linkChanged || hurryRequested) && now - hurryAllowed >= 0) {
      linkChanged = false;
      hurryRequested = false;
      hurryBegan = now;
      hurryLeft = count();
    }
  }

  private synchronized void comparePart() {
    int count = groups.count();
    boolean isHurried = hurryLeft > 0;
    int part = Math.min(count, isHurried ? HURRY_PART : (int) (count / ticksOfRound) + 1);
    for (int i = 0; i < part; i++) {
      if (stamps[next] != UNKNOWN && stamps[next] != stamp(next)) {
        suspects.set(next);
      }
      next++;
      if (next == count) {
        next = 0;
        register();
      }
    }
    if (isHurried) {
      hurryLeft = Math.max(0, hurryLeft - HURRY_PART);
      long now = System.nanoTime();
      hurryAllowed = now + HURRY_SHARE * (now - hurryBegan);
    }
  }

  private void tell() {
    Set<Path> changed = new LinkedHashSet<>();
    synchronized (this) {
      for (int i = suspects.nextSetBit(0); i >= 0; i = suspects.nextSetBit(i + 1)) {
        long stamp = stamp(i);
        if (stamp != stamps[i]) {
          stamps[i] = stamp;
          changed.addAll(groups.files(i));
        }
      }
      suspects.clear();
    }
    if (!changed.isEmpty() && !closed) {
      callback.changed(changed);
    }
  }

  /** Returns a value that identifies this version of the group's files; never {@link #UNKNOWN}. */
  private long stamp(int group) {
    long hash = 1;
    for (Path file : groups.files(group)) {
      FileStamp stamp = FileStamp.of(file);
      hash = mix(hash, Objects.hashCode(stamp.key()));
      hash = mix(hash, stamp.size());
      hash = mix(hash, stamp.modifiedNanos());
      hash = mix(hash, stamp.changedNanos());
    }
    return hash == UNKNOWN ? 1 : hash;
  }

  private static long mix(long hash, long value) {
    long mixed = (hash ^ value) * 0x9E37_79B9_7F4A_7C15L;
    return mixed ^ (mixed >>> 32);
  }
}
