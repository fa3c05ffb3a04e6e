package io.harborgateway.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A watched file or folder. Guarded by the {@link FileWatch} it belongs to. */
final class Watched {
  /**
   * Identifies a watched path.
   *
   * @param isFolder whether the entries count rather than the file itself
   */
  record Target(Path path, boolean isFolder) {}

  /** A name in a directory whose events are received. */
  record Attachment(WatchKey directory, Path name) {}

  private final Target target;
  private final Path absolute;
  private List<Attachment> attachments = List.of();
  private boolean polled = true;

  /** The stamps last reported; null if it was not stable then. */
  private @Nullable Map<Path, FileStamp> told;

  /** Takes the current state as the one last reported. Blocks. */
  Watched(Target target) {
    this.target = target;
    this.absolute = target.path().toAbsolutePath();
    this.told = stamps();
  }

  Target target() {
    return target;
  }

  List<Attachment> attachments() {
    return attachments;
  }

  /** Returns whether some of it is not covered by events. */
  boolean isPolled() {
    return polled;
  }

  void attached(List<Attachment> next, boolean isPolled) {
    attachments = next;
    polled = isPolled;
  }

  boolean isAsTold(Map<Path, FileStamp> stamps) {
    return stamps.equals(told);
  }

  void told(Map<Path, FileStamp> stamps, boolean atRest) {
    told = atRest ? stamps : null;
  }

  /** Returns what identifies its current version: its stamp, or the stamps of a folder's files. */
  Map<Path, FileStamp> stamps() {
    if (!target.isFolder()) {
      return Map.of(absolute, FileStamp.of(absolute));
    }
    Map<Path, FileStamp> stamps = new HashMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(absolute)) {
      for (Path entry : entries) {
        if (!Files.isDirectory(entry)) {
          stamps.put(entry, FileStamp.of(entry));
        }
      }
      return stamps;
    } catch (IOException | DirectoryIteratorException | UncheckedIOException e) {
      return Map.of(absolute, FileStamp.ABSENT);
    }
  }

  /** Returns the places on which it depends. */
  Set<Place> places(PathResolver resolver) {
    PathResolver.Resolved way = resolver.resolve(absolute);
    Path end = way.end();
    if (!target.isFolder() || end == null) {
      return way.places();
    }
    Set<Place> places = new LinkedHashSet<>(way.places());
    try (DirectoryStream<Path> links = Files.newDirectoryStream(end, Files::isSymbolicLink)) {
      places.add(new Place(end, Place.ANY, false));
      links.forEach(link -> places.addAll(resolver.resolve(link).places()));
    } catch (IOException | DirectoryIteratorException | UncheckedIOException e) {
      return way.places(); // not a folder, or deleted in the meantime: noticed by its name
    }
    return places;
  }
}
