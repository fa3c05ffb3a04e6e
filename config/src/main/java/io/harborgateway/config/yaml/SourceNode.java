package io.harborgateway.config.yaml;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A value and its place. */
public sealed interface SourceNode {
  /** Where the value begins. */
  Mark at();

  /** A mapping, in the order of the file. For a duplicate key, the first is kept. */
  record Mapping(Mark at, Map<String, Entry> entries) implements SourceNode {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  /** A key's place, and its value. */
  record Entry(Mark key, SourceNode value) {}

  /** A list. */
  record Sequence(Mark at, List<SourceNode> items) implements SourceNode {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /** A single value, with its text as written (without quotes). */
  record Scalar(Mark at, Kind kind, String text) implements SourceNode {
    /** A value written without quotes. */
    public static Scalar plain(Mark at, String text) {
      return new Scalar(at, Kind.ofPlain(text), text);
    }
  }

  /** The kind of a scalar in YAML. */
  enum Kind {
    TEXT,
    INTEGER,
    DECIMAL,
    BOOLEAN,
    /** No value. */
    NOTHING,
    /** A value that a {@link YamlFault} already reports. */
    REFUSED;

    private static final Pattern NUMBER =
        Pattern.compile(
            "(?<whole>[-+]?[0-9][0-9_]*|0x[0-9A-Fa-f_]+|0o[0-7_]+)"
                + "|[-+]?(\\.[0-9]+|[0-9][0-9_]*(\\.[0-9_]*)?)([eE][-+]?[0-9]+)?"
                + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

    /** The kind of an unquoted value, by the core schema of YAML 1.2 (section 10.3.2). */
    static Kind ofPlain(String text) {
      return switch (text) {
        case "", "~", "null", "Null", "NULL" -> NOTHING;
        case "true", "True", "TRUE", "false", "False", "FALSE" -> BOOLEAN;
        default -> mayBeNumber(text.charAt(0)) ? ofNumber(text) : TEXT;
      };
    }

    private static boolean mayBeNumber(char first) {
      return (first >= '0' && first <= '9') || first == '+' || first == '-' || first == '.';
    }

    private static Kind ofNumber(String text) {
      Matcher number = NUMBER.matcher(text);
      return !number.matches() ? TEXT : number.group("whole") != null ? INTEGER : DECIMAL;
    }
  }
}
