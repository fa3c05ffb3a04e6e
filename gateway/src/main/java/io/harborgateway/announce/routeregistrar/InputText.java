package io.harborgateway.announce.routeregistrar;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a file of route_registrar as text. */
final class InputText {
  /** In bytes; enough for thousands of routes. A larger file is something else. */
  static final int LARGEST = 4 << 20;

  private InputText() {}

  /**
   * Reads the whole file; null, and reported, if it can't be read, is not a file, or is not UTF-8.
   * Blocks.
   */
  static @Nullable String read(Path file, String expected, Report report) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        // a pipe is not opened: that would wait for its writer
        report.fileProblem(Files.isDirectory(file) ? "a folder" : "no regular file", expected);
        return null;
      }
      try (var in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
          report.fileProblem("more than %d MiB".formatted(LARGEST >> 20), expected);
          return null;
        }
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      }
    } catch (NoSuchFileException e) {
      report.fileProblem("no such file", expected);
    } catch (AccessDeniedException e) {
      report.fileProblem("permission denied", expected);
    } catch (CharacterCodingException e) {
      report.fileProblem("not UTF-8", expected);
    } catch (IOException e) {
      report.fileProblem(e.toString(), expected); // the operating system's message
    }
    return null;
  }
}
