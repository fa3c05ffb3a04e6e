package io.harborgateway.source;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What a source says of one instance, not read yet. Immutable. */
public interface InstanceText {
  /** The longest text of one instance, in bytes: thousands of them are kept in memory. */
  int LONGEST = 64 << 10;

  /** Returns what problems name, and no other text has: a file, or a key of a bucket. */
  String place();

  /** Returns what is equal to that of another text of this place only if both say the same. */
  Object version();

  /** Returns what file names in the text are relative to. */
  Path folder();

  /**
   * Returns the YAML of one element of {@code instances}. May block.
   *
   * @throws NoSuchFileException if it has gone meanwhile
   * @throws IOException if it can't be read; says why without the place
   */
  String text() throws IOException;
}
