package io.harborgateway.config.values;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the files that a configuration names. Blocks; not for event loops. */
public final class InputFiles {
  private InputFiles() {}

  /** Returns why the file cannot be read, in an error's words; null if it can. */
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

  /**
   * Reads the whole file. It must be UTF-8, with or without a byte order mark, and a regular file:
   * a pipe would be waited for, at each reload.
   */
  public static String read(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FileSystemException(file.toString(), null, "no regular file");
    }
    return readOnce(file);
  }

  /** Reads a file that may be a pipe, such as a shell's process substitution. */
  public static String readOnce(Path file) throws IOException {
    String text = Files.readString(file); // throws if it is not UTF-8
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** Returns what the exception means to the author of the configuration. */
  public static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file";
      case AccessDeniedException denied -> "permission denied";
      case CharacterCodingException malformed -> "not UTF-8";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> e.toString(); // the operating system's message
    };
  }
}
