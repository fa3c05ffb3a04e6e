package io.harborgateway.config;

import io.harborgateway.config.meta.TextFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** Texts of a given form, and how names of Java are written in YAML. */
final class Texts {
  private Texts() {}

  /** Throws {@link IllegalArgumentException} if {@code text} does not have the form. */
  static String parse(String text, TextFormat format) {
    boolean fits = Pattern.compile(format.pattern()).matcher(text).find();
    if (!fits || (format == TextFormat.IP_ADDRESS && IpLiteral.parse(text) == null)) {
      throw IllegalValueException.of(text, format.expected());
    }
    return text;
  }

  /** {@code maxHeadSize} and {@code ROUND_ROBIN} as {@code max-head-size}, {@code round-robin}. */
  static String kebab(String name) {
    boolean constant = name.equals(name.toUpperCase(Locale.ROOT));
    String words = constant ? name.replace('_', '-') : name.replaceAll("(?<=.)([A-Z])", "-$1");
    return words.toLowerCase(Locale.ROOT);
  }
}
