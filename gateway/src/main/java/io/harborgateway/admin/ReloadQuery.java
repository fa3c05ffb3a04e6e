package io.harborgateway.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The query of {@code POST /reload}. A key that is misspelt must not turn a dry run into a reload.
 *
 * @param file for a dry run, a file that is not in place yet; null: the gateway's own
 * @param config the file that the caller takes for the gateway's own; null: not said
 */
record ReloadQuery(boolean dryRun, @Nullable Path file, @Nullable Path config) {
  private static final Set<String> KEYS = Set.of("dry-run", "file", "config");

  /**
   * @throws BadRequestException if it is not understood
   */
  static ReloadQuery of(QueryStringDecoder query) {
    Map<String, List<String>> parameters;
    try {
      parameters = query.parameters();
    } catch (IllegalArgumentException e) {
      throw new BadRequestException("the query is not percent-encoded");
    }
    parameters.forEach((key, values) -> {
      if (!KEYS.contains(key) || values.size() > 1) {
        throw new BadRequestException(
            "\"" + key + "\" in the query (expected: dry-run, file, config, each once)");
      }
    });
    List<String> dryRun = parameters.get("dry-run");
    if (dryRun != null && !dryRun.getFirst().isEmpty() && !dryRun.getFirst().equals("true")) {
      throw new BadRequestException("dry-run: \"" + dryRun.getFirst() + "\" (expected: no value)");
    }
    return new ReloadQuery(dryRun != null, path("file", parameters), path("config", parameters));
  }

  private static @Nullable Path path(String key, Map<String, List<String>> parameters) {
    List<String> values = parameters.get(key);
    try {
      return values == null ? null : Path.of(values.getFirst()).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new BadRequestException(key + ": no path");
    }
  }
}
