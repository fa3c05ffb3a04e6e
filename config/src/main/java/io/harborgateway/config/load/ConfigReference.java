package io.harborgateway.config.load;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.binding.Key;
import io.harborgateway.config.binding.ScalarType;
import io.harborgateway.config.binding.SecretReference;
import io.harborgateway.config.binding.SectionType;
import io.harborgateway.config.binding.ValueType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** Generates the configuration reference as Markdown from the records. */
final class ConfigReference {
  private static final String INTRODUCTION =
      """
      # Configuration reference

      Generated from the records of the module `config`; not edited by hand.

      One YAML file: one document, no anchors, aliases or tags. Reading is strict: what is not
      understood is refused, and all problems are reported at once, each with its place:

          gateway.yml:14:9: instances[0].guid: "abc" (expected: a UUID, such as …)

      - Durations are a number and `ms`, `s`, `m` or `h`: `500ms`, `20s`. Sizes are a number and
        `B`, `KiB`, `MiB` or `GiB`: `64KiB`. A bare number is neither.
      - Relative file names are relative to the folder of the configuration file. Files that are
        read must be readable when the configuration is loaded.
      - Texts that look like a number or a boolean need quotes.
      - `config/gateway.schema.json` is a JSON Schema of the file, for editors. It says what each
        key may be alone; the gateway also checks what keys say together.
      - Examples: `config/examples/`.
      - "change" says when a changed key takes effect: `live` at the next reload (docs/operations.md,
        "Change something"), `restart` at the next start; a reload that changes such a key is refused
        and names it.
      """;

  private final StringBuilder text = new StringBuilder(INTRODUCTION);
  private final Set<Class<? extends Record>> seen = new LinkedHashSet<>();
  private final Deque<Class<? extends Record>> open = new ArrayDeque<>();

  /** Sections below a key that needs a restart; each is used by one key only. */
  private final Set<Class<? extends Record>> restarted = new HashSet<>();

  private ConfigReference() {}

  static String markdown() {
    var reference = new ConfigReference();
    reference.link(GatewayConfig.class);
    while (!reference.open.isEmpty()) {
      reference.section(SectionType.of(reference.open.removeFirst()));
    }
    return reference.text.toString();
  }

  private void section(SectionType type) {
    boolean root = type.record() == GatewayConfig.class;
    boolean needsRestart = restarted.contains(type.record());
    text.append("\n## ").append(root ? "The file" : type.name()).append("\n\n");
    text.append(type.doc()).append("\n\n");
    text.append("| key | type | default | change | meaning |\n|---|---|---|---|---|\n");
    for (Key key : type.keys()) {
      text.append("| `").append(key.name()).append("` | ");
      if (needsRestart || key.needsRestart()) {
        markRestarted(key.type());
      }
      text.append(cell(type(key.type()))).append(" | ");
      text.append(defaultValue(key)).append(" | ");
      text.append(needsRestart || key.needsRestart() ? "restart" : "live").append(" | ");
      text.append(cell(key.doc())).append(" |\n");
    }
  }

  private void markRestarted(ValueType type) {
    if (type instanceof ValueType.Section nested) {
      restarted.add(nested.type());
    }
  }

  private String type(ValueType type) {
    return switch (type) {
      case ValueType.Single single -> scalar(single.scalar());
      case ValueType.Section nested -> link(nested.type());
      case ValueType.SecretPlace secret -> link(SecretReference.class);
      case ValueType.Items items ->
          items.orOne()
              ? type(items.element()) + ", or a list"
              : "list of " + type(items.element());
      case ValueType.TextMap map -> "mapping of texts";
    };
  }

  private static String scalar(ScalarType type) {
    if (!type.choices().isEmpty()) {
      return "`" + String.join("`, `", type.choices()) + "`";
    }
    return type.range() == null
        ? type.label()
        : type.label() + ", " + ScalarType.rangeText(type.range());
  }

  /** Returns a link to the section; the section itself follows later, once. */
  private String link(Class<? extends Record> record) {
    if (seen.add(record)) {
      open.addLast(record);
    }
    String name = SectionType.of(record).name();
    return "[" + name + "](#" + name + ")";
  }

  private static String defaultValue(Key key) {
    if (key.required()) {
      return "**required**";
    }
    return switch (key.defaultText()) {
      case null -> "not set";
      case "{}" -> "its defaults";
      case "[]" -> "empty";
      default -> "`" + key.defaultText() + "`";
    };
  }

  private static String cell(String markdown) {
    return markdown.replace("|", "\\|");
  }
}
