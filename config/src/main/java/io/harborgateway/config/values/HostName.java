package io.harborgateway.config.values;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A DNS host name in normalized form: lower-case ASCII letters, digits and hyphens (RFC 1123
 * section 2.1), labels of 1 to 63 characters, 253 in all, no trailing dot. Never an IP address.
 *
 * @param value the name; the constructor accepts upper case and one trailing dot, and drops them
 */
public record HostName(String value) implements Comparable<HostName> {
  public static final String EXPECTED = "a DNS name, such as registry.example.com";
  private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  public static final String PATTERN = LABEL + "(\\." + LABEL + ")*\\.?";

  /** Throws {@link IllegalArgumentException} if {@code value} is not a host name. */
  public HostName {
    String name = value.endsWith(".") ? value.substring(0, value.length() - 1) : value;
    if (name.length() > 253 || !isForm(name, false) || isNumber(name, name.lastIndexOf('.') + 1)) {
      throw IllegalValueException.of(value, EXPECTED);
    }
    value = name.toLowerCase(Locale.ROOT);
  }

  /**
   * Same as {@link #PATTERN}, for a name without a trailing dot, but faster: a node may have
   * 100,000.
   */
  private static boolean isForm(String name, boolean underscores) {
    int labelStart = 0;
    for (int i = 0; i <= name.length(); i++) {
      char c = i == name.length() ? '.' : name.charAt(i);
      if (c == '.') {
        int length = i - labelStart;
        if (length == 0
            || length > 63
            || name.charAt(labelStart) == '-'
            || name.charAt(i - 1) == '-') {
          return false;
        }
        labelStart = i + 1;
      } else if (!isLetter(c) && (c < '0' || c > '9') && c != '-' && !(underscores && c == '_')) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@code name}, in lower case, has this form except for underscores in its labels. */
  static boolean isPeer(String name) {
    return name.length() <= 253 && isForm(name, true) && !isNumber(name, name.lastIndexOf('.') + 1);
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** Whether the last label is numeric: some parsers would take the name for an IPv4 address. */
  private static boolean isNumber(String name, int start) {
    for (int i = start; i < name.length(); i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** Throws {@link IllegalArgumentException} if {@code text} is not a host name. */
  public static HostName of(String text) {
    return new HostName(text);
  }

  // Written out for startup time: see InstanceGuid.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HostName name && value.equals(name.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
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
