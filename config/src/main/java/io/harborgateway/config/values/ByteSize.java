package io.harborgateway.config.values;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory.
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  public static final String EXPECTED = "a size, such as 512B, 64KiB, 1MiB or 2GiB";
  public static final String PATTERN = "(0|[1-9][0-9]{0,8})(B|KiB|MiB|GiB)";

  private static final Pattern FORM = Pattern.compile(PATTERN);

  /** Throws {@link IllegalArgumentException} if {@code bytes} is negative. */
  public ByteSize {
    if (bytes < 0) {
      throw IllegalValueException.of(bytes + "B", EXPECTED);
    }
  }

  /** Throws {@link IllegalArgumentException} if {@code text} is not a number with its unit. */
  public static ByteSize of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw IllegalValueException.of(text, EXPECTED);
    }
    long number = Long.parseLong(form.group(1));
    return new ByteSize(
        switch (form.group(2)) {
          case "KiB" -> number << 10;
          case "MiB" -> number << 20;
          case "GiB" -> number << 30;
          default -> number;
        });
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The form that {@link #of} reads, in the largest unit that divides it. */
  @Override
  public String toString() {
    for (int unit = 3; unit > 0; unit--) {
      if (bytes > 0 && bytes % (1L << (10 * unit)) == 0) {
        return (bytes >> (10 * unit)) + " KMG".substring(unit, unit + 1) + "iB";
      }
    }
    return bytes + "B";
  }
}
