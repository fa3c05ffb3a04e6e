package io.harborgateway.config.binding;

import io.harborgateway.config.yaml.Mark;
import io.harborgateway.config.yaml.SourceNode;
import org.jspecify.annotations.Nullable;

/**
 * The place of each key in a loaded file, so that problems found later (a certificate that does not
 * cover a name) can still name it.
 */
public final class ConfigSource {
  private final String file;
  private final @Nullable SourceNode root;

  /** The keys of {@code root}; none if it is null. */
  public ConfigSource(String file, @Nullable SourceNode root) {
    this.file = file;
    this.root = root;
  }

  /** The file's name, as given. */
  public String file() {
    return file;
  }

  /**
   * Creates a problem with the value of {@code path}, such as {@code
   * instances[0].certificate.chain}. If nothing is written at that path, its place is that of the
   * nearest parent.
   */
  public Problem problem(String path, String found, String expected) {
    return at(place(path, false), path, found, expected);
  }

  /** Creates a problem with the key itself rather than its value. */
  Problem keyProblem(String path, String found, String expected) {
    return at(place(path, true), path, found, expected);
  }

  public Problem at(Mark mark, String path, String found, String expected) {
    return new Problem(file, mark.line(), mark.column(), path, found, expected);
  }

  /**
   * The place of the value or its key, or of the nearest parent. A mapping or list is best located
   * by its key, a scalar by itself. Walks the tree: most configurations have no problem, and a map
   * of all places would cost more than everything else.
   */
  private Mark place(String path, boolean key) {
    SourceNode node = root;
    Mark place = Mark.START;
    int at = 0;
    while (node != null && at < path.length()) {
      boolean isIndex = path.charAt(at) == '[';
      Place next = isIndex ? item(node, path, at) : entry(node, path, at);
      if (next == null) {
        return place;
      }
      node = next.node();
      place = next.key();
      at = next.end();
    }
    return !key && node instanceof SourceNode.Scalar ? node.at() : place;
  }

  /**
   * One step of a path: where its key is written, the node it leads to, and where the next step
   * begins.
   */
  private record Place(Mark key, SourceNode node, int end) {}

  private static @Nullable Place item(SourceNode node, String path, int at) {
    int end = path.indexOf(']', at);
    if (!(node instanceof SourceNode.Sequence sequence) || end < 0) {
      return null;
    }
    int index = Integer.parseInt(path, at + 1, end, 10);
    if (index >= sequence.items().size()) {
      return null;
    }
    SourceNode item = sequence.items().get(index);
    return new Place(item.at(), item, end + 1);
  }

  /** Keys of the file may themselves contain dots and brackets; the longest match counts. */
  private static @Nullable Place entry(SourceNode node, String path, int at) {
    if (!(node instanceof SourceNode.Mapping mapping)) {
      return null;
    }
    int start = path.charAt(at) == '.' ? at + 1 : at;
    for (int end = path.length(); end > start; end--) {
      boolean boundary = end == path.length() || path.charAt(end) == '.' || path.charAt(end) == '[';
      SourceNode.Entry entry = boundary ? mapping.entries().get(path.substring(start, end)) : null;
      if (entry != null) {
        return new Place(entry.key(), entry.value(), end);
      }
    }
    return null;
  }

  /** The path of a key below {@code parent}. */
  static String join(String parent, String key) {
    return parent.isEmpty() ? key : parent + "." + key;
  }
}
