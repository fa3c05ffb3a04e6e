package io.harborgateway.certs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a chain and its key as two PEM files, each complete and synced before it is renamed into
 * place.
 *
 * <p>The key has mode 0600 from the moment it exists. The two files change one after the other: a
 * watcher may see a key that does not match yet, and must check the pair before using it.
 */
final class PemFiles {
  private static final String KEY_MODE = "rw-------";
  private static final String CHAIN_MODE = "rw-r--r--";

  private PemFiles() {}

  static void write(
      Path chainFile,
      List<X509Certificate> chain,
      Path keyFile,
      PrivateKey key,
      OverwriteMode ifPresent)
      throws CertificateProblem {
    if (chainFile.toAbsolutePath().normalize().equals(keyFile.toAbsolutePath().normalize())) {
      throw new CertificateProblem(chainFile + ": one file for chain and key (expected: two)");
    }
    if (ifPresent == OverwriteMode.REFUSE) {
      // Checks both first, so that a refusal does not leave half a pair.
      refuseIfPresent(keyFile);
      refuseIfPresent(chainFile);
    }
    write(keyFile, Pem.text(key), KEY_MODE, ifPresent);
    write(chainFile, Pem.text(chain), CHAIN_MODE, ifPresent);
  }

  private static void write(Path file, String text, String mode, OverwriteMode ifPresent)
      throws CertificateProblem {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new CertificateProblem(file + ": a directory (expected: a file to write)");
    }
    try {
      Files.createDirectories(directory);
      Path temporary =
          Files.createTempFile(
              directory,
              "." + file.getFileName(),
              ".tmp",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
      try {
        try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
          ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(US_ASCII));
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
          channel.force(true);
        }
        giveName(temporary, file, ifPresent);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new CertificateProblem(
          "%s: cannot be written: %s (expected: a writable directory)".formatted(file, e), e);
    }
  }

  private static void giveName(Path temporary, Path file, OverwriteMode ifPresent)
      throws IOException, CertificateProblem {
    if (ifPresent == OverwriteMode.REPLACE) {
      Files.move(temporary, file, ATOMIC_MOVE);
      return;
    }
    try {
      // Checks again before renaming: someone else may have been quicker.
      Files.move(temporary, file);
    } catch (FileAlreadyExistsException e) {
      throw present(file, e);
    }
  }

  private static void refuseIfPresent(Path file) throws CertificateProblem {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw present(file, null);
    }
  }

  private static CertificateProblem present(Path file, @Nullable Exception cause) {
    return new CertificateProblem(
        file + ": is already there (expected: no such file, unless told to replace it)", cause);
  }
}
