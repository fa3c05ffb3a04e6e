package io.harborgateway.config;

import io.harborgateway.config.yaml.YamlNode;
import io.harborgateway.config.yaml.YamlNode.Kind;

/** How errors say what was found. */
final class Found {
  private static final int LONGEST = 100;

  private Found() {}

  /** The value itself if it is a single one. Not to be used for secrets. */
  static String describe(YamlNode node) {
    return switch (node) {
      case YamlNode.Scalar scalar when scalar.kind() == Kind.NOTHING -> "nothing";
      case YamlNode.Scalar scalar when scalar.kind() == Kind.TEXT -> quote(scalar.text());
      case YamlNode.Scalar scalar -> scalar.text();
      default -> kind(node);
    };
  }

  /** What kind of value stands there, without the value. */
  static String kind(YamlNode node) {
    return switch (node) {
      case YamlNode.Mapping mapping -> "a mapping";
      case YamlNode.Sequence sequence -> "a list";
      case YamlNode.Scalar scalar when scalar.kind() == Kind.NOTHING -> "nothing";
      case YamlNode.Scalar scalar -> "a single value";
    };
  }

  /** In quotes, on one line, and not too long to read. */
  static String quote(String text) {
    String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < shown.length(); i++) {
      char c = shown.charAt(i);
      if (Character.isISOControl(c)) {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
