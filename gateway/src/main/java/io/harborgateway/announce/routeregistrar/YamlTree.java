package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.yaml.Mark;
import io.harborgateway.config.yaml.SourceNode;
import io.harborgateway.config.yaml.SourceNode.Entry;
import io.harborgateway.config.yaml.SourceNode.Kind;
import io.harborgateway.config.yaml.SourceNode.Mapping;
import io.harborgateway.config.yaml.SourceNode.Scalar;
import io.harborgateway.config.yaml.SourceNode.Sequence;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.ComposerException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads YAML into a tree with places, the way yaml.v3 does: the first document, with aliases and
 * merged mappings ({@code <<}). The configuration's own reader rejects these, but whatever writes
 * route_registrar's files (a template, Ruby's {@code YAML.dump}) may use them.
 *
 * <p>An aliased node is converted once and shared, so aliases of aliases cost no memory here; but a
 * walk of the tree visits each of them. So the nodes that aliases and merges stand for are counted,
 * and bounded in total.
 */
final class YamlTree {
  /**
   * The most nodes that aliases and merges may stand for in total. About the number at which
   * yaml.v3 calls a document's aliasing excessive: 396,000 to 400,000.
   */
  static final int MOST_ALIASED = 400_000;

  private static final String MERGE = "<<";

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setCodePointLimit(InputText.LARGEST)
          .setAllowDuplicateKeys(true)
          .setMaxAliasesForCollections(Integer.MAX_VALUE) // counted here, by their nodes
          .setSchema(new WithoutMerge())
          .build();

  private final Report report;
  private final IdentityHashMap<Node, Converted> converted = new IdentityHashMap<>();

  /** Nodes that aliases and merges have stood for so far. */
  private long aliased;

  /**
   * A node of the tree.
   *
   * @param size number of nodes in it, including itself, as a walk visits them
   */
  private record Converted(SourceNode node, long size) {}

  /** Keeps the composer from resolving {@code <<} itself, without a bound. */
  private static final class WithoutMerge extends CoreSchema {
    private final ScalarResolver resolver = new CoreScalarResolver(false);

    @Override
    public ScalarResolver getScalarResolver() {
      return resolver;
    }
  }

  private YamlTree(Report report) {
    this.report = report;
  }

  /** Returns the first document; null if there is none or, reported, if it is not YAML. */
  static @Nullable SourceNode read(String text, Report report) {
    try {
      var documents = new Compose(SETTINGS).composeAllFromString(text).iterator();
      return documents.hasNext() ? new YamlTree(report).convert(documents.next()).node() : null;
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

  private Converted convert(Node node) {
    Converted known = converted.get(node);
    if (known != null) { // seen before: this is an alias
      countAliased(known.size());
      return known;
    }
    Mark at = mark(node.getStartMark());
    if (node.isRecursive()) {
      throw new YamlEngineException("an alias inside of what it stands for");
    }
    Converted result;
    if (node instanceof MappingNode mapping) {
      result = mapping(at, mapping);
    } else if (node instanceof SequenceNode sequence) {
      List<Converted> items = sequence.getValue().stream().map(this::convert).toList();
      result =
          new Converted(
              new Sequence(at, items.stream().map(Converted::node).toList()),
              1 + items.stream().mapToLong(Converted::size).sum());
    } else {
      var scalar = (ScalarNode) node;
      result = new Converted(new Scalar(at, kind(scalar.getTag()), scalar.getValue()), 1);
    }
    converted.put(node, result);
    return result;
  }

  /**
   * Counts nodes. Sizes are at most the total allowed plus the file's own, so this cannot overflow.
   */
  private void countAliased(long nodes) {
    aliased += nodes;
    if (aliased > MOST_ALIASED) {
      throw new YamlEngineException("aliases that stand for more than " + MOST_ALIASED + " values");
    }
  }

  private Converted mapping(Mark at, MappingNode node) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    List<Node> merged = new ArrayList<>();
    long size = 1;
    for (NodeTuple tuple : node.getValue()) {
      Mark keyAt = mark(tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        report.problem(keyAt, "", "a key that is not a single value", "a text");
        continue;
      }
      if (key.isPlain() && key.getValue().equals(MERGE)) {
        merged.add(tuple.getValueNode());
        continue;
      }
      Converted value = convert(tuple.getValueNode());
      size += value.size();
      Entry first = entries.putIfAbsent(key.getValue(), new Entry(keyAt, value.node()));
      if (first != null) {
        String found = "a key that is already on line " + first.key().line();
        report.problem(keyAt, key.getValue(), found, "each key once");
      }
    }
    for (Node from : merged) {
      size += merge(from, entries);
    }
    return new Converted(new Mapping(at, entries), size);
  }

  /** Merges in keys not present yet: keys of the mapping itself, and of earlier merges, win. */
  private long merge(Node from, Map<String, Entry> entries) {
    List<Node> mappings = from instanceof SequenceNode list ? list.getValue() : List.of(from);
    long size = 0;
    for (Node mapping : mappings) {
      Converted source = convert(mapping);
      if (!(source.node() instanceof Mapping keys)) {
        throw new ComposerException(
            "<< of neither a mapping nor a list of mappings", mapping.getStartMark());
      }
      size += source.size();
      keys.entries().forEach(entries::putIfAbsent);
    }
    return size;
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
