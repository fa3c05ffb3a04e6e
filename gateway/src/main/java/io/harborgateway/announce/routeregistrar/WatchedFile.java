package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.binding.Problem;
import io.harborgateway.watch.FileStamp;
import java.nio.file.Path;
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
 * A file matched by a glob, and its routes as last read successfully. Confined to one thread, which
 * calls {@link #look} periodically.
 *
 * <p>A changed file is read once two looks in a row find it the same, so that a half-written one is
 * not read. Parts that can't be used are logged and stay as they were.
 */
final class WatchedFile {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);

  private final Path file;
  private final String host;
  private final Set<String> warned = new HashSet<>();
  private Map<String, RegistrarRoute> routes = Map.of();
  private @Nullable FileStamp seen;
  private @Nullable FileStamp read;
  private boolean settled;
  private int absences;

  /**
   * @param host for routes without a host of their own; may be empty
   */
  WatchedFile(Path file, String host) {
    this.file = file;
    this.host = host;
  }

  /** The routes as last read successfully, in the order of the file. */
  Collection<RegistrarRoute> routes() {
    return routes.values();
  }

  /** Returns whether the last look left nothing to be read. */
  boolean isSettled() {
    return settled;
  }

  /** Records that the file is missing; returns whether it was missing twice in a row. */
  boolean isGone() {
    absences++;
    return absences > 1;
  }

  /** Checks whether the file has changed, and reads it once it no longer changes. Blocks. */
  void look() {
    absences = 0;
    FileStamp now = FileStamp.of(file);
    settled = now.isAbsent() || now.equals(read);
    if (now.isAbsent() || now.equals(read)) {
      return; // deleted since it was listed: the next listing decides
    }
    if (!now.equals(seen)) {
      seen = now;
      return;
    }
    DynamicFile content = DynamicFile.read(file, host);
    if (!now.equals(FileStamp.of(file))) {
      seen = null; // written to while being read
      return;
    }
    read = now;
    settled = true;
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
