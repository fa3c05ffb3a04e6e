package io.harborgateway.config.binding;

import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.Schemes;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.ByteSize;
import io.harborgateway.config.values.Cidr;
import io.harborgateway.config.values.Durations;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.HostPort;
import io.harborgateway.config.values.IllegalValueException;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.config.values.PeerName;
import io.harborgateway.config.values.TextRules;
import io.harborgateway.config.values.Uris;
import io.harborgateway.config.yaml.SourceNode.Kind;
import java.lang.reflect.AnnotatedElement;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The types of scalar values, by Java class and the annotations of the component. */
final class ScalarTypes {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
  private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,8})(\\.[0-9]{1,9})?");
  private static final String A_PATH = "a path";

  private ScalarTypes() {}

  /** The type, or null if values of this class are not scalars. */
  static @Nullable ScalarType of(Class<?> type, AnnotatedElement component) {
    Range range = component.getAnnotation(Range.class);
    if (type == String.class) {
      Format form = component.getAnnotation(Format.class);
      TextFormat format = form == null ? TextFormat.TEXT : form.value();
      return text(
          TextRules.kebab(format.name())
              .replace('-', ' ')
              .replace("ip", "IP")
              .replace("dns", "DNS"),
          format.expected(),
          format.pattern(),
          null,
          value -> TextRules.parse(value, format));
    }
    if (type == int.class || type == Integer.class) {
      return of("integer", "a whole number", Kind.INTEGER, range, ScalarTypes::wholeNumber);
    }
    if (type == BigDecimal.class) {
      return of("number", "a number", Kind.DECIMAL, range, ScalarTypes::number);
    }
    if (type == boolean.class) {
      return of("true or false", "true or false", Kind.BOOLEAN, null, Boolean::valueOf);
    }
    if (type == Duration.class) {
      return text("duration", Durations.EXPECTED, full(Durations.PATTERN), range, Durations::parse);
    }
    if (type == ByteSize.class) {
      return text("size", ByteSize.EXPECTED, full(ByteSize.PATTERN), range, ByteSize::of);
    }
    if (type == Cidr.class) {
      return text("address block", Cidr.EXPECTED, "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$", null, Cidr::of);
    }
    if (type == HostName.class) {
      return text("host name", HostName.EXPECTED, full(HostName.PATTERN), null, HostName::of);
    }
    if (type == PeerName.class) {
      return text("host name", PeerName.EXPECTED, full(PeerName.PATTERN), null, PeerName::new);
    }
    if (type == InstanceGuid.class) {
      return text(
          "UUID", InstanceGuid.EXPECTED, full(InstanceGuid.PATTERN), null, InstanceGuid::of);
    }
    if (type == HostPort.class) {
      String pattern = "^(\\[[0-9A-Fa-f:.]+\\]|[^:\\[\\]]+):[1-9][0-9]{0,4}$";
      return text("host:port", HostPort.EXPECTED, pattern, null, HostPort::of);
    }
    if (type == Path.class) {
      return text("path", A_PATH, "\\S", null, ScalarTypes::path);
    }
    if (type == URI.class) {
      Schemes schemes = component.getAnnotation(Schemes.class);
      if (schemes == null) {
        throw new IllegalStateException(component + ": no @Schemes (expected: at every URI)");
      }
      String pattern = "^(" + String.join("|", schemes.value()) + ")://[^@]+$";
      return text("URI", Uris.expected(schemes), pattern, null, uri -> Uris.parse(uri, schemes));
    }
    return type.isEnum() ? choice(type) : null;
  }

  private static ScalarType choice(Class<?> type) {
    List<Object> constants = Arrays.asList(type.getEnumConstants());
    List<String> choices = constants.stream().map(c -> TextRules.kebab(c.toString())).toList();
    int last = choices.size() - 1;
    String expected = String.join(", ", choices.subList(0, last)) + " or " + choices.get(last);
    Function<String, Object> parser =
        text -> {
          int index = choices.indexOf(text);
          if (index < 0) {
            throw IllegalValueException.of(text, expected);
          }
          return constants.get(index);
        };
    return new ScalarType("choice", expected, Kind.TEXT, null, choices, null, parser);
  }

  private static ScalarType text(
      String label,
      String expected,
      String pattern,
      @Nullable Range range,
      Function<String, Object> parser) {
    return new ScalarType(label, expected, Kind.TEXT, pattern, List.of(), range, parser);
  }

  private static ScalarType of(
      String label,
      String expected,
      Kind kind,
      @Nullable Range range,
      Function<String, Object> parser) {
    return new ScalarType(label, expected, kind, null, List.of(), range, parser);
  }

  private static String full(String pattern) {
    return "^(" + pattern + ")$";
  }

  /** Parses a long, so that any number is checked against its range before it becomes an int. */
  private static Object wholeNumber(String text) {
    if (!WHOLE_NUMBER.matcher(text).matches()) {
      throw IllegalValueException.of(text, "a whole number");
    }
    return Long.valueOf(text);
  }

  private static Object number(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw IllegalValueException.of(text, "a number");
    }
    return new BigDecimal(text);
  }

  private static Object path(String text) {
    try {
      if (!text.isBlank()) {
        return Path.of(text);
      }
    } catch (InvalidPathException e) {
      throw IllegalValueException.of(text, A_PATH);
    }
    throw IllegalValueException.of(text, A_PATH);
  }
}
