package io.harborgateway.certs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads the small files in which certificates and keys are. Blocks. */
final class InputFile {
  // Far above any chain; keeps a path to the wrong file (a blob, a device) from filling the heap.
  private static final int LARGEST_BYTES = 1 << 20;

  private InputFile() {}

  /**
   * Returns the content of a file.
   *
   * @param expected what it should be, for messages
   * @throws CertificateProblem if it cannot be read, or has more than 1 MiB
   */
  static byte[] read(Path file, String expected) throws CertificateProblem {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST_BYTES + 1);
      if (bytes.length > LARGEST_BYTES) {
        throw new CertificateProblem(
            "%s: more than 1 MiB (expected: %s)".formatted(file, expected));
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new CertificateProblem("%s: no such file (expected: %s)".formatted(file, expected), e);
    } catch (AccessDeniedException e) {
      throw new CertificateProblem(file + ": permission denied (expected: a readable file)", e);
    } catch (IOException e) {
      throw new CertificateProblem(
          "%s: %s (expected: %s)".formatted(file, e.getMessage(), expected), e);
    }
  }
}
