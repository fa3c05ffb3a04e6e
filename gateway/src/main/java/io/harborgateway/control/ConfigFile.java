package io.harborgateway.control;

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
}
