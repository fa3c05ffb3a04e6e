package io.harborgateway.config;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A DNS host name in its one form: ASCII letters in lower case, digits and hyphens (RFC 1123
 * section 2.1), labels of 1 to 63 characters, 253 in all, no trailing dot. An IP address is none.
 *
 * @param value the name; the constructor accepts upper case and one trailing dot, and drops them
 */
public record HostName(String value) implements Comparable<HostName> {
  static final String EXPECTED = "a DNS name, such as registry.example.com";
  private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  static final String PATTERN = LABEL + "(\\." + LABEL + ")*\\.?";

  private static final Pattern FORM = Pattern.compile(PATTERN);
  // A numeric last label would be taken for an IPv4 address by some readers of the name.
  private static final Pattern NUMERIC_END = Pattern.compile("(.*\\.)?[0-9]+");

  /** Throws {@link IllegalArgumentException} if {@code value} is not a host name. */
  public HostName {
    String name = value.endsWith(".") ? value.substring(0, value.length() - 1) : value;
    name = name.toLowerCase(Locale.ROOT);
    if (name.length() > 253
        || !FORM.matcher(value).matches()
        || NUMERIC_END.matcher(name).matches()) {
      throw IllegalValueException.of(value, EXPECTED);
    }
    value = name;
  }

  /** Throws {@link IllegalArgumentException} if {@code text} is not a host name. */
  public static HostName of(String text) {
    return new HostName(text);
  }

  @Override
  public int compareTo(HostName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
