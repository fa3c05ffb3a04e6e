package io.harborgateway.watch;

import java.nio.file.Path;

/**
 * A name in a directory that determines where a path leads, or what is found there.
 *
 * @param directory without symbolic links
 * @param name {@link #ANY} for each entry of the directory
 * @param passed whether the name is a plain directory along the path: these are rarely moved, and
 *     many (/, /home) may not be readable
 */
record Place(Path directory, Path name, boolean passed) {
  static final Path ANY = Path.of("");
}
