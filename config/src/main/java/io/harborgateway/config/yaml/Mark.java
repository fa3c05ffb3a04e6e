package io.harborgateway.config.yaml;

/**
 * A place in a file.
 *
 * @param line 1 is the first
 * @param column 1 is the first; counts characters
 */
public record Mark(int line, int column) {
  /** The beginning of a file. */
  public static final Mark START = new Mark(1, 1);
}
