package io.harborgateway.config.values;

import io.harborgateway.config.meta.TextFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** Checks texts against their form, and converts Java names to YAML's. */
public final class TextRules {
  private TextRules() {}

  /** Throws {@link IllegalArgumentException} if {@code text} does not have the form. */
  public static String parse(String text, TextFormat format) {
    boolean fits = Pattern.compile(format.pattern()).matcher(text).find();
    if (!fits || (format == TextFormat.IP_ADDRESS && IpLiteral.parse(text) == null)) {
      throw IllegalValueException.of(text, format.expected());
    }
    return text;
  }

  /**
   * Converts {@code maxHeadSize} and {@code ROUND_ROBIN} to {@code max-head-size}, {@code
   * round-robin}.
   */
  public static String kebab(String name) {
    if (name.equals(name.toUpperCase(Locale.ROOT))) {
      return name.replace('_', '-').toLowerCase(Locale.ROOT);
    }
    var words = new StringBuilder(); // no regex: there are 300 names at startup
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean isUpper = c >= 'A' && c <= 'Z';
      if (isUpper && i > 0) {
        words.append('-');
      }
      words.append(isUpper ? (char) (c | 0x20) : c);
    }
    return words.toString();
  }
}
