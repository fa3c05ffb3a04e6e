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
 * Follows paths name by name, as the kernel does, and notes each {@link Place} it comes by: those
 * of symbolic links, at any part of the path and one behind the other, and of the directories
 * between.
 *
 * <p>For one pass over many paths: what their directories are is looked up once. Confined to one
 * thread.
 */
final class PathResolver {
  private static final int LONGEST_CHAIN = 40; // Linux: MAXSYMLINKS

  private final Map<Path, Resolved> directories = new HashMap<>();

  /**
   * Where a path leads.
   *
   * @param places in the order they are come by; up to the first name that is missing
   * @param end the path without symbolic links; null if it leads nowhere
   */
  record Resolved(Set<Place> places, @Nullable Path end) {}

  /** Follows an absolute path. Blocks. */
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
      places.add(new Place(directory, name, false)); // missing: noticed when it comes
      return new Resolved(places, null);
    }
  }
}
