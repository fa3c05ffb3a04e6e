package io.harborgateway.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where the configuration is read from, at startup and on each reload.
 *
 * @param environment environment variables that secrets may come from
 */
public record ConfigFile(Path path, Map<String, String> environment) {
  public ConfigFile {
    path = path.toAbsolutePath().normalize();
    environment = Map.copyOf(environment);
  }

  /**
   * Returns whether this is known to be another file; one that is not there may be a view of it.
   */
  boolean isAnother(Path other) {
    try {
      return Files.exists(other) && Files.exists(path) && !Files.isSameFile(other, path);
    } catch (IOException e) {
      return true;
    }
  }

  /** Returns whether a file is in the folder of this one, or below, by whichever path. */
  boolean isInSameFolder(Path other) {
    try {
      Path folder = path.resolveSibling("").toRealPath();
      return other.resolveSibling("").toRealPath().startsWith(folder);
    } catch (IOException e) {
      return false;
    }
  }
}
