package io.harborgateway.config.yaml;

import io.harborgateway.config.yaml.YamlNode.Entry;
import io.harborgateway.config.yaml.YamlNode.Kind;
import io.harborgateway.config.yaml.YamlNode.Mapping;
import io.harborgateway.config.yaml.YamlNode.Scalar;
import io.harborgateway.config.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads YAML into a tree with places. Faults never quote values, because these may be secrets.
 *
 * <p>Aliases are refused because their value has two places; anchors and tags because nothing needs
 * them.
 */
public final class YamlReader {
  /** The parser's own limit, 3 MiB, would be met by some ten thousand instances. */
  private static final int LARGEST = 64 << 20;

  private static final YAMLFactory YAML =
      YAMLFactory.builder()
          .loadSettings(
              LoadSettings.builder().setCodePointLimit(LARGEST).setAllowDuplicateKeys(true).build())
          .build();

  private final YAMLParser parser;
  private final List<YamlFault> faults = new ArrayList<>();

  private final List<String> lines;

  private YamlReader(YAMLParser parser, String text) {
    this.parser = parser;
    this.lines = text.lines().toList();
  }

  /** Reads a file's text. Never throws for what the text holds. */
  public static YamlDocument read(String text) {
    try (var parser = (YAMLParser) YAML.createParser(ObjectReadContext.empty(), text)) {
      return new YamlReader(parser, text).document();
    }
  }

  private YamlDocument document() {
    try {
      JsonToken token = parser.nextToken();
      if (token == null) {
        fault(Mark.START, "", "an empty file", "a mapping of keys");
        return new YamlDocument(null, faults);
      }
      YamlNode root = node(token, "");
      if (parser.nextToken() != null) {
        fault(here(), "", "a second YAML document", "one document");
      }
      return new YamlDocument(root, faults);
    } catch (JacksonException e) {
      syntaxFault(e);
      return new YamlDocument(null, faults);
    }
  }

  private YamlNode node(JsonToken token, String path) {
    Mark at = here();
    if (parser.isCurrentAlias()) {
      fault(at, path, "a YAML alias (*" + parser.getString() + ")", "the value itself");
      return new Scalar(at, Kind.REFUSED, "");
    }
    refuseAnchor(at, path);
    if (parser.getRawTag() != null) {
      fault(at, path, "a YAML tag (" + parser.getRawTag() + ")", "a value without a tag");
    }
    return switch (token) {
      case START_OBJECT -> mapping(at, path);
      case START_ARRAY -> sequence(at, path);
      default -> new Scalar(at, kind(token), parser.getString());
    };
  }

  private Mapping mapping(Mark at, String path) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      Mark keyAt = here();
      String key = parser.currentName();
      String keyPath = path.isEmpty() ? key : path + "." + key;
      refuseAnchor(keyAt, keyPath);
      YamlNode value = node(parser.nextToken(), keyPath);
      Entry first = entries.putIfAbsent(key, new Entry(keyAt, value));
      if (first != null) {
        int line = first.key().line();
        fault(keyAt, keyPath, "a key that is already on line " + line, "each key once");
      }
    }
    return new Mapping(at, entries);
  }

  private Sequence sequence(Mark at, String path) {
    List<YamlNode> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(node(token, path + "[" + items.size() + "]"));
    }
    return new Sequence(at, items);
  }

  /** Looked up in the text: the parser tells the anchors of mappings and lists, not of scalars. */
  private void refuseAnchor(Mark at, String path) {
    String line = at.line() <= lines.size() ? lines.get(at.line() - 1) : "";
    if (line.codePoints().skip(at.column() - 1).findFirst().orElse(' ') == '&') {
      fault(at, path, "a YAML anchor", "a value without an anchor");
    }
  }

  private Mark firstOf(int codePoint) {
    for (int i = 0; i < lines.size(); i++) {
      int before = lines.get(i).indexOf(codePoint);
      if (before >= 0) {
        return new Mark(i + 1, lines.get(i).codePointCount(0, before) + 1);
      }
    }
    return Mark.START;
  }

  private static Kind kind(JsonToken token) {
    return switch (token) {
      case VALUE_NUMBER_INT -> Kind.INTEGER;
      case VALUE_NUMBER_FLOAT -> Kind.DECIMAL;
      case VALUE_TRUE, VALUE_FALSE -> Kind.BOOLEAN;
      case VALUE_NULL -> Kind.NOTHING;
      default -> Kind.TEXT;
    };
  }

  private Mark here() {
    return mark(parser.currentTokenLocation());
  }

  private static Mark mark(TokenStreamLocation at) {
    return new Mark(Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
  }

  private void fault(Mark at, String path, String found, String expected) {
    faults.add(new YamlFault(at, path, found, expected));
  }

  /** The parser's own message is left out where it quotes the file. */
  private void syntaxFault(JacksonException e) {
    Mark at = e.getLocation() == null ? Mark.START : mark(e.getLocation());
    String what = e.getOriginalMessage();
    if (e.getCause() instanceof MarkedYamlEngineException marked) {
      what = marked.getProblem();
      if (marked.getProblemMark().isPresent()) {
        var problem = marked.getProblemMark().get();
        at = new Mark(problem.getLine() + 1, problem.getColumn() + 1);
      }
    } else if (e.getCause() instanceof ReaderException reader) {
      what = "a control character (U+%04X)".formatted(reader.getCodePoint());
      at = firstOf(reader.getCodePoint());
    }
    fault(at, "", what.lines().findFirst().orElse("broken syntax"), "YAML 1.2");
  }
}
