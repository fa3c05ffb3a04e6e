package io.harborgateway.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves paths name by name, as the kernel does, and records each {@link Place} on the way:
 * symbolic links, anywhere in the path and chained, and the directories in between.
 *
 * <p>Used for one pass over many paths: each directory is resolved once. Confined to one thread.
 */
final class PathResolver {
  private static final int LONGEST_CHAIN = 40; // Linux: MAXSYMLINKS

  private final Map<Path, Resolved> directories = new HashMap<>();

  /**
   * A resolved path.
   *
   * @param places in the order encountered, up to the first missing name
   * @param end the path without symbolic links; null if it leads nowhere
   */
  record Resolved(Set<Place> places, @Nullable Path end) {}

  /** Resolves an absolute path. Blocks. */
  Resolved resolve(Path path) {
    return resolve(path, 0);
  }

  private Resolved resolve(Path path, int links) {
    Path parent = path.getParent();
    Path name = path.getFileName();
    if (parent == null || name == null) {
      return new Resolved(Set.of(), path);
    }
    Resolved to = directories.get(parent);
    if (to == null) {
      to = resolve(parent, links);
      directories.put(parent, to);
    }
    return to.end() == null ? to : step(to.places(), to.end(), name, links);
  }

  private Resolved step(Set<Place> before, Path directory, Path name, int links) {
    switch (name.toString()) {
      case "." -> {
        return new Resolved(before, directory);
      }
      case ".." -> {
        Path above = directory.getParent();
        return new Resolved(before, above == null ? directory : above);
      }
      default -> {}
    }
    Path at = directory.resolve(name);
    Set<Place> places = new LinkedHashSet<>(before);
    try {
      var file = Files.readAttributes(at, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      places.add(new Place(directory, name, file.isDirectory()));
      if (!file.isSymbolicLink()) {
        return new Resolved(places, at);
      }
      if (links == LONGEST_CHAIN) {
        return new Resolved(places, null);
      }
      Resolved behind = resolve(directory.resolve(Files.readSymbolicLink(at)), links + 1);
      places.addAll(behind.places());
      return new Resolved(places, behind.end());
    } catch (IOException e) {
      places.add(new Place(directory, name, false)); // missing: noticed when it appears
      return new Resolved(places, null);
    }
  }
}
