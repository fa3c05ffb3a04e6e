package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.binding.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of a glob, and its routes as they were last understood. Of one thread, which calls {@link
 * #look} again and again.
 *
 * <p>A changed file is read when two looks in a row find it the same, so that a half-written one is
 * not. What can't be used of it is logged, and stays as it was.
 */
final class WatchedFile {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);

  private final Path file;
  private final String host;
  private final Set<String> warned = new HashSet<>();
  private Map<String, RegistrarRoute> routes = Map.of();
  private @Nullable Stamp seen;
  private @Nullable Stamp read;
  private int absences;

  /** By which a change is noticed; a file that takes another's place has another key. */
  private record Stamp(long size, FileTime modified, @Nullable Object key) {
    static @Nullable Stamp of(Path file) {
      try {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
      } catch (IOException e) {
        // Gone since it was listed: the next listing decides.
        LOG.debug("{} can't be looked at", file, e);
        return null;
      }
    }
  }

  /**
   * @param host for routes without a host of their own; may be empty
   */
  WatchedFile(Path file, String host) {
    this.file = file;
    this.host = host;
  }

  /** The routes as they were last understood, in the order of the file. */
  Collection<RegistrarRoute> routes() {
    return routes.values();
  }

  /** Says that the file is not there; returns whether it has been missing twice in a row. */
  boolean isGone() {
    absences++;
    return absences > 1;
  }

  /** Looks whether the file has changed, and reads it once it is at rest. Blocks. */
  void look() {
    absences = 0;
    Stamp now = Stamp.of(file);
    if (now == null || now.equals(read)) {
      return;
    }
    if (!now.equals(seen)) {
      seen = now;
      return;
    }
    DynamicFile content = DynamicFile.read(file, host);
    if (!now.equals(Stamp.of(file))) {
      seen = null; // written to while it was read
      return;
    }
    read = now;
    content.warnings().forEach(this::warnOnce);
    content.problems().forEach(problem -> LOG.error("{}", problem));
    take(content.entries());
  }

  private void warnOnce(Problem warning) {
    if (warned.add(warning.path() + " " + warning.found())) {
      LOG.warn("{}", warning);
    }
  }

  private void take(@Nullable List<DynamicFile.Entry> entries) {
    if (entries == null) {
      LOG.error("{} can't be used; its {} routes stay as they were", file, routes.size());
      return;
    }
    Map<String, RegistrarRoute> next = new LinkedHashMap<>();
    for (DynamicFile.Entry entry : entries) {
      RegistrarRoute route = entry.route() == null ? routes.get(entry.key()) : entry.route();
      if (route != null) {
        next.put(entry.key(), route);
      }
    }
    routes = next;
    LOG.atInfo().addKeyValue("file", file).addKeyValue("routes", next.size()).log("routes read");
  }
}
