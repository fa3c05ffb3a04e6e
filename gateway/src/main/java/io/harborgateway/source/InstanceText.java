package io.harborgateway.source;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A source's text for one instance, not parsed yet. Immutable. */
public interface InstanceText {
  /** The longest text of one instance, in bytes: thousands of them are kept in memory. */
  int LONGEST = 64 << 10;

  /** Returns its unique place, named in problems: a file, or a key of a bucket. */
  String place();

  /**
   * Returns a version: two texts of the same place have equal versions only if they have the same
   * content.
   */
  Object version();

  /** Returns the base of relative file names in the text. */
  Path folder();

  /**
   * Returns the YAML of one element of {@code instances}. May block.
   *
   * @throws NoSuchFileException if it has been deleted in the meantime
   * @throws IOException if it can't be read; says why, without the place
   */
  String text() throws IOException;
}
