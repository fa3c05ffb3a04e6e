package io.harborgateway.certs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * A file whose content is worth more than one instance: the key of a CA, or the passphrase of such
 * a key. Only its owner may write it, and only the owner and the group may read it. The group may,
 * since BOSH renders a job's files for {@code root:vcap} with mode 0640.
 */
public final class SecretFile {
  private static final int LARGEST_PASSPHRASE_BYTES = 1024;

  private static final Set<PosixFilePermission> REFUSED =
      EnumSet.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private SecretFile() {}

  /**
   * Returns normally if nobody else may read or write the file. One that is missing is reported by
   * whoever reads it.
   *
   * @throws CertificateProblem if others may
   */
  public static void requirePrivate(Path file) throws CertificateProblem {
    try {
      if (Files.exists(file)) {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        if (mode.stream().anyMatch(REFUSED::contains)) {
          throw new CertificateProblem(
              "%s: mode %s (expected: not readable by others and writable by its owner only, such"
                      .formatted(file, PosixFilePermissions.toString(mode))
                  + " as 0600 or 0640)");
        }
      }
    } catch (IOException e) {
      throw new CertificateProblem(
          "%s: %s (expected: a readable file)".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Reads the passphrase of a CA's key: the first line of the file.
   *
   * @throws CertificateProblem if the file cannot be read, others may read it, or the line is empty
   */
  static char[] passphrase(Path file) throws CertificateProblem {
    requirePrivate(file);
    return firstLine(file);
  }

  /**
   * Reads the passphrase of an instance's key, as openssl's {@code file:} does. Like the key's
   * file, the file may have any mode.
   *
   * @throws CertificateProblem if the file cannot be read, or its first line is empty
   */
  static char[] firstLine(Path file) throws CertificateProblem {
    String text =
        new String(InputFile.read(file, "a file with a passphrase"), StandardCharsets.UTF_8);
    String line = text.lines().findFirst().orElse("");
    if (line.isEmpty() || line.length() > LARGEST_PASSPHRASE_BYTES) {
      throw new CertificateProblem(
          "%s: %s first line (expected: a passphrase of 1 to %d bytes)"
              .formatted(file, line.isEmpty() ? "empty" : "too long a", LARGEST_PASSPHRASE_BYTES));
    }
    if (line.chars().anyMatch(each -> each > '~')) {
      throw new CertificateProblem(
          file
              + ": a passphrase with characters beyond ASCII, which each program encodes in its own"
              + " way (expected: ASCII)");
    }
    return line.toCharArray();
  }
}
