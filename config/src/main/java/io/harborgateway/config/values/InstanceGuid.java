package io.harborgateway.config.values;

import io.harborgateway.config.meta.TextFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The GUID of a Harbor service instance, as assigned by the service broker.
 *
 * @param value 8-4-4-4-12 hexadecimal digits; the constructor accepts upper case and converts it
 */
public record InstanceGuid(String value) {
  public static final String EXPECTED = "a UUID, such as 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  public static final String PATTERN = TextFormat.GUID;

  /** Throws {@link IllegalArgumentException} if {@code value} is not a UUID. */
  public InstanceGuid {
    if (!isForm(value)) {
      throw IllegalValueException.of(value, EXPECTED);
    }
    value = value.toLowerCase(Locale.ROOT);
  }

  /** Same as {@link #PATTERN}, but faster: a node may have 100,000. */
  private static boolean isForm(String text) {
    if (text.length() != 36) {
      return false;
    }
    for (int i = 0; i < 36; i++) {
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      char c = text.charAt(i);
      if (dash ? c != '-' : c > 'f' || Character.digit(c, 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Throws {@link IllegalArgumentException} if {@code text} is not a UUID. */
  public static InstanceGuid of(String text) {
    return new InstanceGuid(text);
  }

  // Written out, here and in other records used at startup: the methods that a record generates are
  // linked at run time, which takes 15 ms the first time and is not saved in the AOT cache.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof InstanceGuid guid && value.equals(guid.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
