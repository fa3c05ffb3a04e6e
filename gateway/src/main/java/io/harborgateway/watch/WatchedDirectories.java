package io.harborgateway.watch;

import io.harborgateway.watch.Watched.Attachment;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories whose events are received, and which watched paths depend on which name in them.
 * Events of other names, as in a directory full of logs, are ignored. Guarded by the {@link
 * FileWatch} it belongs to.
 */
final class WatchedDirectories {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedDirectories.class);

  private final DirectoryEvents events;
  private final Map<WatchKey, Map<Path, Set<Watched>>> dependents = new HashMap<>();
  private boolean warned;

  WatchedDirectories(DirectoryEvents events) {
    this.events = events;
  }

  /**
   * One pass over many paths: each directory is resolved and registered once. Confined to one
   * thread.
   */
  final class Pass {
    private final PathResolver resolver = new PathResolver();
    private final Map<Path, @Nullable WatchKey> keys = new HashMap<>();

    /** Shares one object among all paths that depend on it, as on a folder far above. */
    private final Map<Attachment, Attachment> attachments = new HashMap<>();

    /** Attaches the path to exactly the events it now depends on. Blocks. */
    void attach(Watched watched) {
      List<Attachment> next = new ArrayList<>();
      boolean polled = false;
      for (Place place : watched.places(resolver)) {
        WatchKey key = key(place);
        if (key != null) {
          next.add(attachments.computeIfAbsent(new Attachment(key, place.name()), made -> made));
        } else if (!place.passed()) {
          polled = true;
        }
      }
      List<Attachment> before = watched.attachments();
      watched.attached(List.copyOf(next), polled);
      if (!next.equals(before)) {
        next.forEach(
            place -> add(place, watched)); // first, so that no directory is given up in between
        before.stream()
            .filter(place -> !next.contains(place))
            .forEach(place -> remove(place, watched));
      }
    }

    /** Always asks the kernel: the directory may have been replaced by another. */
    private @Nullable WatchKey key(Place place) {
      Path directory = place.directory();
      WatchKey key = keys.get(directory);
      if (key == null ? keys.containsKey(directory) : key.isValid()) {
        return key; // another thread has given up an invalid one in the meantime
      }
      key = null;
      try {
        key = events.register(directory);
      } catch (NoSuchFileException | NotDirectoryException e) {
        LOG.debug("{} went while it was resolved", directory, e);
      } catch (IOException e) {
        if (!place.passed() || !(e instanceof AccessDeniedException)) {
          warnOnce(directory, e);
        }
      }
      keys.put(directory, key);
      return key;
    }
  }

  Pass pass() {
    return new Pass();
  }

  void detach(Watched watched) {
    watched.attachments().forEach(place -> remove(place, watched));
    watched.attached(List.of(), true);
  }

  /** Consumes the key's events, and returns the watched paths affected. */
  Set<Watched> concerned(WatchKey key) {
    Map<Path, Set<Watched>> names = dependents.getOrDefault(key, Map.of());
    Set<Watched> concerned = new HashSet<>();
    for (WatchEvent<?> event : key.pollEvents()) {
      // Without a name: an event of the directory itself.
      if (event.kind().equals(StandardWatchEventKinds.OVERFLOW)
          || !(event.context() instanceof Path name)) {
        names.values().forEach(concerned::addAll);
      } else {
        concerned.addAll(names.getOrDefault(name, Set.of()));
        concerned.addAll(names.getOrDefault(Place.ANY, Set.of()));
      }
    }
    if (!key.reset()) { // the directory is gone
      names.values().forEach(concerned::addAll);
      dependents.remove(key);
    }
    return concerned;
  }

  private void add(Attachment place, Watched watched) {
    dependents
        .computeIfAbsent(place.directory(), key -> new HashMap<>())
        .computeIfAbsent(place.name(), name -> new HashSet<>(2))
        .add(watched);
  }

  private void remove(Attachment place, Watched watched) {
    Map<Path, Set<Watched>> names = dependents.get(place.directory());
    Set<Watched> those = names == null ? null : names.get(place.name());
    if (names == null || those == null) {
      return; // the directory is gone
    }
    those.remove(watched);
    if (those.isEmpty()) {
      names.remove(place.name());
    }
    if (names.isEmpty()) {
      dependents.remove(place.directory());
      place.directory().cancel();
    }
  }

  private void warnOnce(Path directory, IOException e) {
    if (!warned) {
      warned = true;
      LOG.atWarn()
          .addKeyValue("directory", directory)
          .addKeyValue("error", e.toString())
          .log(
              "changes are not told by the kernel everywhere; files there are looked at each"
                  + " second (see fs.inotify.max_user_watches and max_user_instances)");
    }
  }
}
