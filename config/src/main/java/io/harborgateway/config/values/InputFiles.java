package io.harborgateway.config.values;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The files that a configuration names. Blocks; not for event loops. */
public final class InputFiles {
  private InputFiles() {}

  /** Why the file cannot be read, as an error says it; null if it can. */
  public static @Nullable String unreadable(Path file) {
    if (Files.isDirectory(file)) {
      return "a folder";
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      // a pipe is not opened: that would wait for its writer
      return Files.isReadable(file) ? null : "permission denied";
    }
    try (var opened = Files.newByteChannel(file)) {
      return opened.isOpen() ? null : "closed";
    } catch (IOException e) {
      return reason(e);
    }
  }

  /** The whole file. Its bytes must be UTF-8, with or without a byte order mark. */
  public static String read(Path file) throws IOException {
    String text = Files.readString(file); // throws where it is not UTF-8
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** What the exception means to the one who wrote the configuration. */
  public static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file";
      case AccessDeniedException denied -> "permission denied";
      case CharacterCodingException malformed -> "not UTF-8";
      default -> e.toString(); // what the system says
    };
  }
}
