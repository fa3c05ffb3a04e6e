package io.harborgateway.config.yaml;

/**
 * A place in a file.
 *
 * @param line counted from 1
 * @param column counted from 1, in characters
 */
public record Mark(int line, int column) {
  /** The beginning of a file. */
  public static final Mark START = new Mark(1, 1);
}
