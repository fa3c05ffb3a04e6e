package io.harborgateway.announce;

import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.InputFiles;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files that route_registrar's settings name, relative to where the process was started. */
final class NamedFiles {
  private static final String EXPECTED = "a readable file";

  private final ConfigSource source;
  private final List<Problem> problems;

  /**
   * @param problems where those that can't be read are added
   */
  NamedFiles(ConfigSource source, List<Problem> problems) {
    this.source = source;
    this.problems = problems;
  }

  /** The file of this key; null if none is written. Blocks. */
  @Nullable Path file(String path, @Nullable String written) {
    if (written == null) {
      return null;
    }
    try {
      Path file = Path.of(written);
      String unreadable = InputFiles.unreadable(file);
      if (unreadable != null) {
        problems.add(source.problem(path, unreadable + ": " + file, EXPECTED));
      }
      return file;
    } catch (InvalidPathException e) {
      problems.add(source.problem(path, "no name of a file", EXPECTED));
      return null;
    }
  }
}
