package io.harborgateway.config;

import io.harborgateway.config.yaml.Mark;
import io.harborgateway.config.yaml.YamlNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where each key of a loaded file stands, so that problems that are found later (a certificate that
 * does not cover a name) still say where.
 */
public final class ConfigSource {
  private final String file;
  private final Map<String, Mark> keys = new HashMap<>();
  private final Map<String, Mark> values = new HashMap<>();

  /** The keys of {@code root}; none if it is null. */
  ConfigSource(String file, @Nullable YamlNode root) {
    this.file = file;
    if (root != null) {
      collect("", Mark.START, root);
    }
  }

  /** The file's name, as it was given. */
  public String file() {
    return file;
  }

  /**
   * A problem with the value of {@code path}, such as {@code instances[0].certificate.chain}. Where
   * nothing is written at that path, the place is that of the nearest parent.
   */
  public Problem problem(String path, String found, String expected) {
    return at(place(values, path), path, found, expected);
  }

  /** A problem with the key itself rather than with its value. */
  Problem keyProblem(String path, String found, String expected) {
    return at(place(keys, path), path, found, expected);
  }

  Problem at(Mark mark, String path, String found, String expected) {
    return new Problem(file, mark.line(), mark.column(), path, found, expected);
  }

  private static Mark place(Map<String, Mark> marks, String path) {
    String at = path;
    while (true) {
      Mark mark = marks.get(at);
      if (mark != null) {
        return mark;
      }
      int end = Math.max(at.lastIndexOf('.'), at.lastIndexOf('['));
      if (end < 0) {
        return Mark.START;
      }
      at = at.substring(0, end);
    }
  }

  /** A mapping or list below a key is best found by the key, a scalar by itself. */
  private void collect(String path, Mark key, YamlNode node) {
    keys.put(path, key);
    values.put(path, node instanceof YamlNode.Scalar ? node.at() : key);
    if (node instanceof YamlNode.Mapping mapping) {
      mapping
          .entries()
          .forEach((name, entry) -> collect(join(path, name), entry.key(), entry.value()));
    } else if (node instanceof YamlNode.Sequence sequence) {
      for (int i = 0; i < sequence.items().size(); i++) {
        YamlNode item = sequence.items().get(i);
        collect(path + "[" + i + "]", item.at(), item);
      }
    }
  }

  /** The path of a key below {@code parent}. */
  static String join(String parent, String key) {
    return parent.isEmpty() ? key : parent + "." + key;
  }
}
