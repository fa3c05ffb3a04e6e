package io.harborgateway.config.binding;

import java.util.Comparator;

/**
 * One thing that is wrong with, or to be warned about in, the configuration.
 *
 * @param file the file's name, as it was given
 * @param line 1 is the first; 0 if the problem is the file itself
 * @param column 1 is the first; 0 if the problem is the file itself
 * @param path the key, such as {@code instances[0].guid}; empty for the file as a whole
 * @param found what stands there; never a secret
 * @param expected what should; empty where {@code found} says so itself
 */
public record Problem(String file, int line, int column, String path, String found, String expected)
    implements Comparable<Problem> {
  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing(Problem::file)
          .thenComparingInt(Problem::line)
          .thenComparingInt(Problem::column)
          .thenComparing(Problem::path)
          .thenComparing(Problem::found);

  /** By file, line and column. */
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
