package io.harborgateway.config.yaml;

import io.harborgateway.config.yaml.SourceNode.Entry;
import io.harborgateway.config.yaml.SourceNode.Kind;
import io.harborgateway.config.yaml.SourceNode.Mapping;
import io.harborgateway.config.yaml.SourceNode.Scalar;
import io.harborgateway.config.yaml.SourceNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads YAML into a tree with places. Faults never quote values, which may be secrets.
 *
 * <p>Aliases are rejected because their value has two places; anchors and tags because nothing
 * needs them.
 */
public final class YamlReader {
  /** The parser's own limit, 3 MiB, would be reached with some ten thousand instances. */
  private static final int LARGEST = 64 << 20;

  /** Far deeper than any configuration; at some depth the stack would overflow. */
  private static final int DEEPEST = 100;

  /** Enough to start with: the first faults are fixed first. */
  private static final int MOST_FAULTS = 100;

  /** Limit of a fault's path, in characters; keys may be as long as the file. */
  private static final int LONGEST_PATH = 500;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder().setCodePointLimit(LARGEST).setAllowDuplicateKeys(true).build();

  private final String text;
  private final List<YamlFault> faults = new ArrayList<>();

  /** Keys and indexes from the root to the current node: the path is built only for a fault. */
  private final List<Object> place = new ArrayList<>();

  private final ParserImpl parser;

  private YamlReader(String text) {
    this.text = text;
    this.parser = new ParserImpl(SETTINGS, new StreamReader(SETTINGS, text));
  }

  /** Reads a file's text. Never throws because of its content. */
  public static YamlDocument read(String text) {
    return new YamlReader(text).document();
  }

  private YamlDocument document() {
    try {
      parser.next(); // start of the stream
      if (parser.checkEvent(Event.ID.StreamEnd)) {
        fault(Mark.START, "an empty file", "a mapping of keys");
        return new YamlDocument(null, faults);
      }
      parser.next(); // start of the document
      SourceNode root = node(parser.next());
      parser.next(); // its end
      if (!parser.checkEvent(Event.ID.StreamEnd)) {
        parser.next();
        fault(mark(parser.peekEvent()), "a second YAML document", "one document");
      }
      return new YamlDocument(root, faults);
    } catch (YamlEngineException e) {
      place.clear();
      syntaxFault(e);
      return new YamlDocument(null, faults);
    }
  }

  private SourceNode node(Event event) {
    Mark at = mark(event);
    if (event instanceof AliasEvent alias) {
      fault(at, "a YAML alias (*" + alias.getAlias() + ")", "the value itself");
      return new Scalar(at, Kind.REFUSED, "");
    }
    refuseAnchor((NodeEvent) event, at);
    refuseTag(tag(event), at);
    if (event instanceof ScalarEvent scalar) {
      Kind kind = scalar.isPlain() ? Kind.ofPlain(scalar.getValue()) : Kind.TEXT;
      return new Scalar(at, kind, scalar.getValue());
    }
    if (place.size() >= DEEPEST) {
      throw new YamlEngineException("more than " + DEEPEST + " levels");
    }
    return event instanceof MappingStartEvent ? mapping(at) : sequence(at);
  }

  private Mapping mapping(Mark at) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Event event = parser.next();
        event.getEventId() != Event.ID.MappingEnd;
        event = parser.next()) {
      Mark keyAt = mark(event);
      if (!(event instanceof ScalarEvent name)) {
        throw new YamlEngineException("a key that is not a single value");
      }
      String key = name.getValue();
      place.add(key);
      refuseAnchor(name, keyAt);
      SourceNode value = node(parser.next());
      Entry first = entries.putIfAbsent(key, new Entry(keyAt, value));
      if (first != null) {
        int line = first.key().line();
        fault(keyAt, "a key that is already on line " + line, "each key once");
      }
      place.removeLast();
    }
    return new Mapping(at, entries);
  }

  private Sequence sequence(Mark at) {
    List<SourceNode> items = new ArrayList<>();
    for (Event event = parser.next();
        event.getEventId() != Event.ID.SequenceEnd;
        event = parser.next()) {
      place.add(items.size());
      items.add(node(event));
      place.removeLast();
    }
    return new Sequence(at, items);
  }

  private void refuseAnchor(NodeEvent event, Mark at) {
    if (event.getAnchor().isPresent()) {
      fault(at, "a YAML anchor", "a value without an anchor");
    }
  }

  private void refuseTag(Optional<String> tag, Mark at) {
    if (tag.isPresent()) {
      fault(at, "a YAML tag (" + tag.get() + ")", "a value without a tag");
    }
  }

  private static Optional<String> tag(Event event) {
    return event instanceof ScalarEvent scalar
        ? scalar.getTag()
        : ((CollectionStartEvent) event).getTag();
  }

  private String path() {
    var path = new StringBuilder();
    for (Object step : place) {
      if (path.length() > LONGEST_PATH) {
        break;
      }
      if (step instanceof Integer index) {
        path.append('[').append(index).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step);
      }
    }
    if (path.length() > LONGEST_PATH) {
      path.setLength(LONGEST_PATH);
      path.append('…');
    }
    return path.toString();
  }

  private static Mark mark(Event event) {
    var at = event.getStartMark().orElseThrow();
    return new Mark(at.getLine() + 1, at.getColumn() + 1);
  }

  private Mark firstOf(int codePoint) {
    int line = 1;
    for (String content : text.lines().toList()) {
      int before = content.indexOf(codePoint);
      if (before >= 0) {
        return new Mark(line, content.codePointCount(0, before) + 1);
      }
      line++;
    }
    return Mark.START;
  }

  private void fault(Mark at, String found, String expected) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(new YamlFault(at, path(), found, expected));
    } else if (faults.size() == MOST_FAULTS) {
      faults.add(new YamlFault(at, "", "more than " + MOST_FAULTS + " faults", "YAML 1.2"));
    }
  }

  /** Leaves out the parser's own message where it quotes the file. */
  private void syntaxFault(YamlEngineException e) {
    Mark at = Mark.START;
    String what = String.valueOf(e.getMessage());
    if (e instanceof MarkedYamlEngineException marked) {
      what = marked.getProblem();
      if (marked.getProblemMark().isPresent()) {
        var problem = marked.getProblemMark().get();
        at = new Mark(problem.getLine() + 1, problem.getColumn() + 1);
      }
    } else if (e instanceof ReaderException reader) {
      what = "a control character (U+%04X)".formatted(reader.getCodePoint());
      at = firstOf(reader.getCodePoint());
    }
    fault(at, what.lines().findFirst().orElse("broken syntax"), "YAML 1.2");
  }
}
