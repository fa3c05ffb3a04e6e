package io.harborgateway.announce.routeregistrar;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Durations as Go's {@code time.ParseDuration} reads them: {@code 20s}, {@code 1m30s}, {@code
 * 1.5h}.
 */
final class GoDuration {
  static final String EXPECTED = "a duration, such as 20s or 1m30s";

  private static final Pattern PART =
      Pattern.compile("(?<number>[0-9]+(\\.[0-9]*)?|\\.[0-9]+)(?<unit>ns|us|µs|μs|ms|s|m|h)");
  private static final Pattern FORM = Pattern.compile("[-+]?(?:(?:" + PART.pattern() + ")+|0)");
  private static final BigDecimal GREATEST = BigDecimal.valueOf(Long.MAX_VALUE);

  /** Far longer than any sensible duration; parsing a number must not take seconds. */
  private static final int LONGEST = 100;

  private GoDuration() {}

  /** Parses a duration, which may be negative; null if the text is not a duration. */
  static @Nullable Duration parse(String text) {
    if (text.length() > LONGEST || !FORM.matcher(text).matches()) {
      return null;
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      BigDecimal number = new BigDecimal(part.group("number"));
      nanos = nanos.add(number.multiply(BigDecimal.valueOf(nanosOf(part.group("unit")))));
    }
    if (nanos.compareTo(GREATEST) > 0) {
      return null;
    }
    Duration duration = Duration.ofNanos(nanos.longValue());
    return text.startsWith("-") ? duration.negated() : duration;
  }

  private static long nanosOf(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "µs", "μs" -> 1_000;
      case "ms" -> 1_000_000;
      case "s" -> 1_000_000_000;
      case "m" -> 60_000_000_000L;
      default -> 3_600_000_000_000L;
    };
  }
}
