package io.harborgateway.config.load;

import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.values.QuotedText;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values that must be unique, and where each was first seen. */
final class Uniqueness {
  private final Problems problems;
  private final String expected;
  private final Map<Object, String> places = new HashMap<>();

  /**
   * @param expected expectation stated in errors, such as {@code a name of its own}
   */
  Uniqueness(Problems problems, String expected) {
    this.problems = problems;
    this.expected = expected;
  }

  /**
   * Reports the value if it has been seen before. Ignores null, a value that already has a problem.
   */
  void add(@Nullable Object value, String path) {
    if (value == null) {
      return;
    }
    String first = places.putIfAbsent(value, path);
    if (first != null) {
      problems.add(path, QuotedText.of(value.toString()) + ", as at " + first, expected);
    }
  }
}
