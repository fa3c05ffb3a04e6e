package io.harborgateway.snapshot;

import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.InputFiles;
import io.harborgateway.tls.TicketKey;
import io.harborgateway.tls.TicketKeys;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the files of {@code tls.session-ticket-keys}. Blocks. */
final class TicketKeyFiles {
  private static final String SIZES =
      "80 or 48 bytes, such as of: openssl rand 80 > FILE; chmod 600 FILE";

  /** Whoever can read it can read every connection that was resumed with a ticket of it. */
  private static final Set<PosixFilePermission> NOBODY_ELSE =
      Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

  private TicketKeyFiles() {}

  /**
   * Returns the keys, or none of them.
   *
   * @param problems problems are added to it
   */
  static TicketKeys read(List<Path> files, ConfigSource source, List<Problem> problems) {
    List<TicketKey> keys = new ArrayList<>();
    List<Problem> found = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      String path = "tls.session-ticket-keys[" + i + "]";
      try {
        TicketKey key = read(files.get(i));
        boolean isKnown = keys.contains(key); // for a moment, while files are rotated
        if (!isKnown && keys.stream().anyMatch(key::hasNameOf)) {
          found.add(
              source.problem(
                  path,
                  files.get(i) + ": its first 16 bytes, the name, are those of another key",
                  "a name of its own"));
        } else if (!isKnown) {
          keys.add(key);
        }
      } catch (IOException e) {
        found.add(source.problem(path, files.get(i) + ": " + InputFiles.reason(e), SIZES));
      } catch (IllegalArgumentException e) {
        found.add(source.problem(path, files.get(i) + ": of another size", SIZES));
      }
    }
    problems.addAll(found);
    return found.isEmpty() ? new TicketKeys(keys) : TicketKeys.NONE;
  }

  private static TicketKey read(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FileSystemException(file.toString(), null, "no regular file");
    }
    if (Files.getPosixFilePermissions(file).stream().anyMatch(NOBODY_ELSE::contains)) {
      throw new FileSystemException(
          file.toString(), null, "everybody may read or write it (chmod 600)");
    }
    try (var in = Files.newInputStream(file)) {
      return new TicketKey(in.readNBytes(TicketKey.LONG + 1));
    }
  }
}
