package io.harborgateway.config.binding;

import io.harborgateway.config.meta.Range;
import io.harborgateway.config.values.IllegalValueException;
import io.harborgateway.config.yaml.SourceNode.Kind;
import io.harborgateway.config.yaml.SourceNode.Scalar;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a scalar value is parsed and described.
 *
 * @param label the type's name in the reference
 * @param expected expectation stated in errors
 * @param kind the YAML kind the value must have
 * @param pattern a regular expression for the JSON Schema, where there is one
 * @param choices all allowed texts, if there are only a few
 * @param parser converts the text to the value; throws {@link IllegalValueException}
 */
public record ScalarType(
    String label,
    String expected,
    Kind kind,
    @Nullable String pattern,
    List<String> choices,
    @Nullable Range range,
    Function<String, Object> parser) {

  /**
   * Throws {@link IllegalValueException} if the value has the wrong kind or form, or is out of
   * range.
   */
  Object parse(Scalar scalar) {
    boolean whole = kind == Kind.DECIMAL && scalar.kind() == Kind.INTEGER;
    if (scalar.kind() != kind && !whole) {
      throw new IllegalValueException(DescribedValue.describe(scalar), expected);
    }
    Object value;
    try {
      value = parser.apply(scalar.text());
    } catch (IllegalValueException e) {
      // a number or boolean is quoted as written, not in quotation marks
      throw kind == Kind.TEXT
          ? e
          : new IllegalValueException(DescribedValue.describe(scalar), e.expected());
    }
    if (range != null && !inRange(value, range)) {
      throw new IllegalValueException(scalar.text(), rangeText(range));
    }
    return value instanceof Long number ? (Object) Math.toIntExact(number) : value;
  }

  private boolean inRange(Object value, Range limits) {
    return compare(value, parser.apply(limits.min())) >= 0
        && (limits.max().isEmpty() || compare(value, parser.apply(limits.max())) <= 0);
  }

  @SuppressWarnings("unchecked") // both come from the same parser, and their type is ordered
  private static int compare(Object left, Object right) {
    return ((Comparable<Object>) left).compareTo(right);
  }

  /** {@code 1 to 65535}. */
  public static String rangeText(Range range) {
    return range.max().isEmpty() ? "at least " + range.min() : range.min() + " to " + range.max();
  }
}
