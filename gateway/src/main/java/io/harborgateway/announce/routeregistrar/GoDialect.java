package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.yaml.SourceNode.Entry;
import io.harborgateway.config.yaml.SourceNode.Kind;
import io.harborgateway.config.yaml.SourceNode.Scalar;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How Go's decoder of a format interprets keys and values, which is what route_registrar accepts.
 */
enum GoDialect {
  /** Go's encoding/json: strict about types, but not about the case of keys. */
  JSON {
    @Override
    @Nullable Entry find(Map<String, Entry> entries, String key) {
      Entry exact = entries.get(key);
      if (exact != null) {
        return exact;
      }
      for (var entry : entries.entrySet()) {
        if (matches(entry.getKey(), key)) {
          return entry.getValue();
        }
      }
      return null;
    }

    @Override
    boolean matches(String written, String key) {
      return written.equalsIgnoreCase(key);
    }

    @Override
    boolean isText(Scalar scalar) {
      return scalar.kind() == Kind.TEXT;
    }

    @Override
    @Nullable Boolean flag(Scalar scalar) {
      return scalar.kind() == Kind.BOOLEAN ? Boolean.valueOf(scalar.text()) : null;
    }
  },

  /**
   * yaml.v3: any scalar is a text, a number may have a base prefix, and YAML 1.1's words are bools.
   */
  YAML {
    @Override
    @Nullable Entry find(Map<String, Entry> entries, String key) {
      return entries.get(key);
    }

    @Override
    boolean matches(String written, String key) {
      return written.equals(key);
    }

    @Override
    boolean isText(Scalar scalar) {
      return true;
    }

    @Override
    @Nullable Boolean flag(Scalar scalar) {
      return switch (scalar.text()) {
        case "true", "True", "TRUE", "y", "Y", "yes", "on" -> true;
        case "false", "False", "FALSE", "n", "N", "no", "off" -> false;
        default -> null;
      };
    }
  };

  /** The entry that the key's value is taken from, or null. */
  abstract @Nullable Entry find(Map<String, Entry> entries, String key);

  /** Whether a key written this way is the given one. */
  abstract boolean matches(String written, String key);

  /** Whether the value is accepted as a text. */
  abstract boolean isText(Scalar scalar);

  /** The value as a bool, or null if it is not one. */
  abstract @Nullable Boolean flag(Scalar scalar);

  /**
   * The value as a whole number, or null if it is not one. Base prefixes are YAML's; JSON has none.
   */
  static @Nullable Long number(Scalar scalar) {
    if (scalar.kind() != Kind.INTEGER) {
      return null;
    }
    try {
      String text = scalar.text();
      return text.startsWith("0o") ? Long.valueOf(text.substring(2), 8) : Long.decode(text);
    } catch (NumberFormatException e) {
      return null; // not a number for Go either: "08080", or beyond 64 bits
    }
  }
}
