package io.harborgateway.config.values;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses and prints durations: a number and its unit. */
public final class Durations {
  public static final String EXPECTED = "a duration, such as 500ms, 20s, 2m or 1h";
  public static final String PATTERN = "(0|[1-9][0-9]{0,8})(ms|s|m|h)";

  private static final Pattern FORM = Pattern.compile(PATTERN);

  private Durations() {}

  /** Throws {@link IllegalArgumentException} if {@code text} is not a number with its unit. */
  public static Duration parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw IllegalValueException.of(text, EXPECTED);
    }
    long number = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  /** Returns the duration in the form that {@link #parse} reads, in the largest exact unit. */
  public static String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0 || millis == 0) {
      return millis == 0 ? "0s" : millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 60 != 0) {
      return seconds + "s";
    }
    return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
  }
}
