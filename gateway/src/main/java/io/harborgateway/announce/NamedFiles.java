package io.harborgateway.announce;

import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.InputFiles;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Resolves the files that route_registrar's settings name, relative to the working directory. */
final class NamedFiles {
  private static final String EXPECTED = "a readable file";

  private final ConfigSource source;
  private final List<Problem> problems;

  /**
   * @param problems receives the files that can't be read
   */
  NamedFiles(ConfigSource source, List<Problem> problems) {
    this.source = source;
    this.problems = problems;
  }

  /** Returns the file of this key; null if none is set. Blocks. */
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
