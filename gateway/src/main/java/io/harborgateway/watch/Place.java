package io.harborgateway.watch;

import java.nio.file.Path;

/**
 * A name in a directory on which depends where a path leads, or what is found there.
 *
 * @param directory without symbolic links
 * @param name {@link #ANY} for each entry of the directory
 * @param passed whether the name is that of a plain directory on the path's way: moving one is
 *     rare, and many of them (/, /home) may not be read
 */
record Place(Path directory, Path name, boolean passed) {
  static final Path ANY = Path.of("");
}
