package io.harborgateway.benchmarks.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Configuration files with <code>${names}</code> in them, as the documentation shows them. */
final class Template {
  private static final Pattern NAME = Pattern.compile("\\$\\{([a-z_]+)}");

  private Template() {}

  /** Returns the resource of this name with the values in the place of their names. */
  static String fill(String resource, Map<String, Object> values) throws IOException {
    try (var in = Template.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(resource + ": no such resource");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return NAME.matcher(text)
          .replaceAll(name -> Matcher.quoteReplacement(value(resource, name.group(1), values)));
    }
  }

  private static String value(String resource, String name, Map<String, Object> values) {
    Object value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "%s: ${%s} (expected: one of %s)".formatted(resource, name, values.keySet()));
    }
    return value.toString();
  }
}
