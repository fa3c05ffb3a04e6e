package io.harborgateway.config.binding;

import java.util.Comparator;

/**
 * One error in the configuration, or one warning about it.
 *
 * @param file the file's name, as given
 * @param line from 1; 0 if the problem is the file itself
 * @param column from 1; 0 if the problem is the file itself
 * @param path the key, such as {@code instances[0].guid}; empty for the file as a whole
 * @param found the value there; never a secret
 * @param expected the value expected; empty if {@code found} says it all
 */
public record Problem(String file, int line, int column, String path, String found, String expected)
    implements Comparable<Problem> {
  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing(Problem::file)
          .thenComparingInt(Problem::line)
          .thenComparingInt(Problem::column)
          .thenComparing(Problem::path)
          .thenComparing(Problem::found);

  /** Orders by file, line and column. */
  @Override
  public int compareTo(Problem other) {
    return BY_PLACE.compare(this, other);
  }

  /** {@code gateway.yml:14:9: instances[0].guid: "abc" (expected: a UUID)}. */
  @Override
  public String toString() {
    String place = line == 0 ? file : file + ":" + line + ":" + column;
    String key = path.isEmpty() ? "" : path + ": ";
    String expectation = expected.isEmpty() ? "" : " (expected: " + expected + ")";
    return place + ": " + key + found + expectation;
  }
}
