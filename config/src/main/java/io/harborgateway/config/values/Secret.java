package io.harborgateway.config.values;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A password or token. Its value appears in no log, no message and no {@code toString}.
 *
 * <p>A secret in a file is read again whenever its value is requested, so that a renewed one is
 * used without a restart. Two are equal if they are in the same file or, without a file, have the
 * same value. Thread-safe.
 */
public final class Secret {
  private final @Nullable String value;
  private final @Nullable Path file;

  private Secret(@Nullable String value, @Nullable Path file) {
    this.value = value;
    this.file = file;
  }

  /** Throws {@link IllegalArgumentException} if {@code value} is empty. */
  public static Secret of(String value) {
    if (value.isEmpty()) {
      throw IllegalValueException.of("", "a secret that is not empty");
    }
    return new Secret(value, null);
  }

  /** Creates a secret kept in this file, without trailing line breaks. Reads nothing yet. */
  public static Secret in(Path file) {
    return new Secret(null, file);
  }

  /**
   * The secret itself, to be sent to a peer; read from its file now. Blocks; not for event loops.
   *
   * @throws UncheckedIOException if the file can't be read or is empty; names the file
   */
  public String value() {
    if (value != null) {
      return value;
    }
    Path from = Objects.requireNonNull(file);
    String text;
    try {
      text = content(from);
    } catch (IOException e) {
      throw unusable(InputFiles.reason(e), from);
    }
    if (text.isEmpty()) {
      throw unusable("an empty file", from);
    }
    return text;
  }

  /** The file's content without trailing line breaks; may be empty. */
  public static String content(Path file) throws IOException {
    return InputFiles.read(file).replaceFirst("[\r\n]+$", "");
  }

  private static UncheckedIOException unusable(String found, Path file) {
    return new UncheckedIOException(
        new IOException(found + ": " + file + " (expected: a file with a secret)"));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret
        && Objects.equals(value, secret.value)
        && Objects.equals(file, secret.file);
  }

  @Override
  public int hashCode() {
    return Objects.hash(value, file);
  }

  /** Never contains the value. */
  @Override
  public String toString() {
    return "<secret>";
  }
}
