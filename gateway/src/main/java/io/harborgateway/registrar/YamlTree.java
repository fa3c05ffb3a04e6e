package io.harborgateway.registrar;

import io.harborgateway.config.yaml.Mark;
import io.harborgateway.config.yaml.YamlNode;
import io.harborgateway.config.yaml.YamlNode.Entry;
import io.harborgateway.config.yaml.YamlNode.Kind;
import io.harborgateway.config.yaml.YamlNode.Mapping;
import io.harborgateway.config.yaml.YamlNode.Scalar;
import io.harborgateway.config.yaml.YamlNode.Sequence;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads YAML into a tree with places, as yaml.v3 reads it: the first document, with aliases, and
 * with merged mappings ({@code <<}, which the composer resolves). The configuration's own reader
 * refuses these; what writes route_registrar's files (a template, Ruby's {@code YAML.dump}) makes
 * them.
 */
final class YamlTree {
  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setCodePointLimit(InputText.LARGEST)
          .setAllowDuplicateKeys(true)
          .setSchema(new CoreSchema())
          .build();

  private final Report report;

  /** An aliased node is converted once: aliases of aliases could make an immense tree else. */
  private final IdentityHashMap<Node, YamlNode> converted = new IdentityHashMap<>();

  private YamlTree(Report report) {
    this.report = report;
  }

  /** The first document; null if there is none, or, reported, if it is not YAML. */
  static @Nullable YamlNode read(String text, Report report) {
    try {
      var documents = new Compose(SETTINGS).composeAllFromString(text).iterator();
      return documents.hasNext() ? new YamlTree(report).node(documents.next()) : null;
    } catch (MarkedYamlEngineException e) {
      Mark at = mark(e.getProblemMark());
      report.problem(at, "", firstLine(e.getProblem()), "YAML");
    } catch (YamlEngineException e) {
      report.problem(Mark.START, "", firstLine(e.getMessage()), "YAML");
    } catch (StackOverflowError e) {
      report.problem(Mark.START, "", "too many levels", "YAML");
    }
    return null;
  }

  private YamlNode node(Node node) {
    YamlNode known = converted.get(node);
    if (known != null) {
      return known;
    }
    Mark at = mark(node.getStartMark());
    if (node.isRecursive()) {
      throw new YamlEngineException("an alias inside of what it stands for");
    }
    YamlNode result;
    if (node instanceof MappingNode mapping) {
      result = mapping(at, mapping);
    } else if (node instanceof SequenceNode sequence) {
      result = new Sequence(at, sequence.getValue().stream().map(this::node).toList());
    } else {
      var scalar = (ScalarNode) node;
      result = new Scalar(at, kind(scalar.getTag()), scalar.getValue());
    }
    converted.put(node, result);
    return result;
  }

  private Mapping mapping(Mark at, MappingNode node) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : node.getValue()) {
      Mark keyAt = mark(tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        report.problem(keyAt, "", "a key that is not a single value", "a text");
        continue;
      }
      YamlNode value = node(tuple.getValueNode());
      Entry first = entries.putIfAbsent(key.getValue(), new Entry(keyAt, value));
      if (first != null) {
        String found = "a key that is already on line " + first.key().line();
        report.problem(keyAt, key.getValue(), found, "each key once");
      }
    }
    return new Mapping(at, entries);
  }

  private static Kind kind(Tag tag) {
    if (tag.equals(Tag.INT)) {
      return Kind.INTEGER;
    }
    if (tag.equals(Tag.FLOAT)) {
      return Kind.DECIMAL;
    }
    if (tag.equals(Tag.BOOL)) {
      return Kind.BOOLEAN;
    }
    return tag.equals(Tag.NULL) ? Kind.NOTHING : Kind.TEXT;
  }

  private static Mark mark(Optional<org.snakeyaml.engine.v2.exceptions.Mark> at) {
    return at.map(mark -> new Mark(mark.getLine() + 1, mark.getColumn() + 1)).orElse(Mark.START);
  }

  private static String firstLine(@Nullable String message) {
    return String.valueOf(message).lines().findFirst().orElse("broken syntax");
  }
}
