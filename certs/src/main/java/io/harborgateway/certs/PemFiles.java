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
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a chain and its key as two PEM files, each complete and synced before it is renamed into
 * place.
 *
 * <p>Replaced files keep their owner and group; of a symbolic link the target is replaced. The key
 * has mode 0600 from the moment it exists. The two files change one right after the other, when
 * both are complete: a watcher may see a key that does not match yet, and must check the pair
 * before using it.
 */
final class PemFiles {
  private static final String KEY_MODE = "rw-------";
  private static final String CHAIN_MODE = "rw-r--r--";

  private PemFiles() {}

  static void write(
      Path chainFile,
      List<X509Certificate> chain,
      Path keyFile,
      String keyText,
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
    Path keyTarget = target(keyFile);
    Path chainTarget = target(chainFile);
    Path newKey = temporary(keyTarget, keyText, KEY_MODE);
    try {
      Path newChain = temporary(chainTarget, Pem.text(chain), CHAIN_MODE);
      try {
        giveName(newKey, keyTarget, ifPresent);
        giveName(newChain, chainTarget, ifPresent);
      } finally {
        delete(newChain);
      }
    } finally {
      delete(newKey);
    }
  }

  /** Returns the file that a symbolic link leads to: the link stays. */
  private static Path target(Path file) throws CertificateProblem {
    try {
      return Files.isSymbolicLink(file) ? file.toRealPath() : file;
    } catch (IOException e) {
      throw notWritten(file, e);
    }
  }

  /** Only root may give a file away; whoever else replaces one owns it then. */
  private static void keepOwner(Path before, Path temporary) throws IOException {
    if (Files.exists(before) && Files.getOwner(temporary).getName().equals("root")) {
      PosixFileAttributes had = Files.readAttributes(before, PosixFileAttributes.class);
      PosixFileAttributeView view =
          Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
      view.setOwner(had.owner());
      view.setGroup(had.group());
    }
  }

  /** Returns a file next to another, with what is to become its content. */
  private static Path temporary(Path file, String text, String mode) throws CertificateProblem {
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
      try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(US_ASCII));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
        keepOwner(file, temporary);
        return temporary;
      } catch (IOException e) {
        delete(temporary);
        throw e;
      }
    } catch (IOException e) {
      throw notWritten(file, e);
    }
  }

  /** One that is left over is in nobody's way. */
  private static void delete(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      temporary.toFile().deleteOnExit();
    }
  }

  private static CertificateProblem notWritten(Path file, IOException e) {
    return new CertificateProblem(
        "%s: cannot be written: %s (expected: a writable directory)".formatted(file, e), e);
  }

  private static void giveName(Path temporary, Path file, OverwriteMode ifPresent)
      throws CertificateProblem {
    try {
      if (ifPresent == OverwriteMode.REPLACE) {
        Files.move(temporary, file, ATOMIC_MOVE);
      } else {
        Files.move(temporary, file); // looks again: someone else may have been quicker
      }
    } catch (FileAlreadyExistsException e) {
      throw present(file, e);
    } catch (IOException e) {
      throw notWritten(file, e);
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
