package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.binding.DescribedValue;
import io.harborgateway.config.values.Secret;
import io.harborgateway.config.yaml.Mark;
import io.harborgateway.config.yaml.SourceNode;
import io.harborgateway.config.yaml.SourceNode.Entry;
import io.harborgateway.config.yaml.SourceNode.Kind;
import io.harborgateway.config.yaml.SourceNode.Mapping;
import io.harborgateway.config.yaml.SourceNode.Scalar;
import io.harborgateway.config.yaml.SourceNode.Sequence;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to the keys of one object in a file. A value of the wrong type is reported and
 * treated as absent; {@code null} is treated as absent without a report, as in Go.
 */
final class Fields {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,9}(\\.[0-9]{1,9})?");

  private final Mapping mapping;
  private final String path;
  private final GoDialect dialect;
  private final Report report;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * @param path path of the object; empty for the file's root
   */
  private Fields(Mapping mapping, String path, GoDialect dialect, Report report) {
    this.mapping = mapping;
    this.path = path;
    this.dialect = dialect;
    this.report = report;
  }

  /** Returns the object's fields; null, and reported, if the node is not an object. */
  static @Nullable Fields of(SourceNode node, String path, GoDialect dialect, Report report) {
    if (node instanceof Mapping mapping) {
      return new Fields(mapping, path, dialect, report);
    }
    report.problem(node.at(), path, describe(node), "an object");
    return null;
  }

  /** The text; empty if absent. */
  String text(String key) {
    Scalar scalar = scalar(key, "a text", false);
    if (scalar == null) {
      return "";
    }
    if (!dialect.isText(scalar)) {
      problem(key, scalar.text(), "a text");
      return "";
    }
    return scalar.text();
  }

  /** The text; null if absent or empty. */
  @Nullable String textOrNull(String key) {
    String text = text(key);
    return text.isEmpty() ? null : text;
  }

  /** The secret; null if absent or empty. No report quotes it. */
  @Nullable Secret secret(String key) {
    Scalar scalar = scalar(key, "a text", true);
    if (scalar == null || scalar.text().isEmpty()) {
      return null;
    }
    if (!dialect.isText(scalar)) {
      problem(key, "a value that is no text", "a text");
      return null;
    }
    return Secret.of(scalar.text());
  }

  /** The port, 1 to 65535; null if absent. */
  @Nullable Integer port(String key) {
    return number(key, 1, 65535);
  }

  /** The number; null if absent. */
  @Nullable Integer number(String key, int least, int greatest) {
    String expected =
        greatest == Integer.MAX_VALUE
            ? "a whole number, %d or more".formatted(least)
            : "a whole number, %d to %d".formatted(least, greatest);
    Scalar scalar = scalar(key, expected, false);
    if (scalar == null) {
      return null;
    }
    Long number = GoDialect.number(scalar);
    if (number == null || number < least || number > greatest) {
      problem(key, describe(scalar), expected);
      return null;
    }
    return number.intValue();
  }

  /** The number, which may have a fraction; null if absent. */
  @Nullable BigDecimal decimal(String key) {
    Scalar scalar = scalar(key, "a number", false);
    if (scalar == null) {
      return null;
    }
    if (!NUMBER
        .matcher(scalar.text())
        .matches()) { // no exponent: its plain form could be arbitrarily long
      problem(key, describe(scalar), "a number");
      return null;
    }
    return new BigDecimal(scalar.text());
  }

  /** The bool; null if absent. */
  @Nullable Boolean flagOrNull(String key) {
    Scalar scalar = scalar(key, "true or false", false);
    if (scalar == null) {
      return null;
    }
    Boolean flag = dialect.flag(scalar);
    if (flag == null) {
      problem(key, describe(scalar), "true or false");
    }
    return flag;
  }

  /** The bool; false if absent. */
  boolean flag(String key) {
    return Boolean.TRUE.equals(flagOrNull(key));
  }

  /** The texts; empty if the list is absent. */
  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    List<SourceNode> items = items(key);
    for (int i = 0; i < items.size(); i++) {
      String text = itemText(items.get(i), path(key) + "[" + i + "]");
      if (text != null) {
        texts.add(text);
      }
    }
    return texts;
  }

  /** The texts by name, in the order of the file; empty if the object is absent. */
  Map<String, String> textMap(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    SourceNode node = node(key);
    if (node instanceof Mapping map) {
      map.entries()
          .forEach((name, entry) -> {
            String text = itemText(entry.value(), path(key) + "." + name);
            if (text != null) {
              texts.put(name, text);
            }
          });
    } else if (node != null) {
      problem(key, describe(node), "an object of texts");
    }
    return texts;
  }

  /** The nodes of a list; empty if it is absent. */
  List<SourceNode> items(String key) {
    SourceNode node = node(key);
    if (node instanceof Sequence sequence) {
      return sequence.items();
    }
    if (node != null) {
      problem(key, describe(node), "a list");
    }
    return List.of();
  }

  /** The objects of a list; other elements are left out. */
  List<Fields> objects(String key) {
    List<Fields> objects = new ArrayList<>();
    List<SourceNode> items = items(key);
    for (int i = 0; i < items.size(); i++) {
      Fields object = of(items.get(i), path(key) + "[" + i + "]", dialect, report);
      if (object != null) {
        objects.add(object);
      }
    }
    return objects;
  }

  /** The object; null if absent. */
  @Nullable Fields object(String key) {
    SourceNode node = node(key);
    return node == null ? null : of(node, path(key), dialect, report);
  }

  /** Whether a value other than {@code null} is present. */
  boolean has(String key) {
    return node(key) != null;
  }

  /** Whether the value is an empty text or list. */
  boolean isEmpty(String key) {
    SourceNode node = node(key);
    return (node instanceof Scalar scalar && scalar.text().isEmpty())
        || (node instanceof Sequence sequence && sequence.items().isEmpty());
  }

  /** Reports the key's value; if it is absent, at the object's place. */
  void problem(String key, String found, String expected) {
    report.problem(place(key), path(key), found, expected);
  }

  /** Reports an element of the key's list. */
  void itemProblem(String key, int index, String found, String expected) {
    report.problem(items(key).get(index).at(), path(key) + "[" + index + "]", found, expected);
  }

  /** Reports that the key is required. */
  void missing(String key, String expected) {
    problem(key, "missing", expected);
  }

  /** Warns about the key's value. */
  void warn(String key, String found, String expected) {
    report.warn(place(key), path(key), found, expected);
  }

  /** Warns about each key that has not been accessed so far. */
  void warnOfUnknown() {
    mapping
        .entries()
        .forEach((name, entry) -> {
          if (known.stream().noneMatch(key -> dialect.matches(name, key))) {
            report.warn(entry.key(), path(name), "unknown key, ignored", "");
          }
        });
  }

  private @Nullable Scalar scalar(String key, String expected, boolean secret) {
    SourceNode node = node(key);
    if (node == null || node instanceof Scalar) {
      return (Scalar) node;
    }
    problem(key, secret ? "no text" : describe(node), expected);
    return null;
  }

  /** The text of an element; {@code null} is an empty one, as in Go. */
  private @Nullable String itemText(SourceNode node, String at) {
    if (node instanceof Scalar scalar && isNothing(scalar)) {
      return "";
    }
    if (node instanceof Scalar scalar && dialect.isText(scalar)) {
      return scalar.text();
    }
    report.problem(node.at(), at, describe(node), "a text");
    return null;
  }

  private @Nullable SourceNode node(String key) {
    known.add(key);
    Entry entry = dialect.find(mapping.entries(), key);
    return entry == null || isNothing(entry.value()) ? null : entry.value();
  }

  private Mark place(String key) {
    Entry entry = dialect.find(mapping.entries(), key);
    if (entry == null) {
      return mapping.at();
    }
    return entry.value() instanceof Scalar ? entry.value().at() : entry.key();
  }

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static boolean isNothing(SourceNode node) {
    return node instanceof Scalar scalar && scalar.kind() == Kind.NOTHING;
  }

  /** Describes the value like {@link DescribedValue}, but calls mappings objects, as JSON does. */
  private static String describe(SourceNode node) {
    return node instanceof Mapping ? "an object" : DescribedValue.describe(node);
  }
}
