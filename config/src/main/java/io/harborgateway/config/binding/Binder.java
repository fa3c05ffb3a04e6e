package io.harborgateway.config.binding;

import io.harborgateway.config.values.IllegalValueException;
import io.harborgateway.config.values.InputFiles;
import io.harborgateway.config.values.Secret;
import io.harborgateway.config.yaml.SourceNode;
import io.harborgateway.config.yaml.SourceNode.Entry;
import io.harborgateway.config.yaml.SourceNode.Kind;
import io.harborgateway.config.yaml.SourceNode.Mapping;
import io.harborgateway.config.yaml.SourceNode.Scalar;
import io.harborgateway.config.yaml.SourceNode.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Binds a tree to sections, guided by the records' types. Reports everything that does not fit and
 * goes on. Uses reflection; for start and reload only.
 */
public final class Binder {
  private final Problems problems;
  private final Path folder;
  private final Secrets secrets;

  /**
   * @param folder base of relative file names
   */
  public Binder(Problems problems, Path folder, Secrets secrets) {
    this.problems = problems;
    this.folder = folder;
    this.secrets = secrets;
  }

  /** Returns the section as far as it could be read; null if the node is not a mapping. */
  public @Nullable Section section(Class<? extends Record> record, SourceNode node, String path) {
    SectionType type = SectionType.of(record);
    if (!(node instanceof Mapping mapping)) {
      refuse(path, DescribedValue.describe(node), new ValueType.Section(record).expected(), node);
      return null;
    }
    Section section = new Section(type, path);
    Set<String> mistyped = reportUnknown(type, mapping, path);
    for (Key key : type.keys()) {
      Entry written = mapping.entries().get(key.name());
      SourceNode value = written == null ? key.defaultNode() : written.value();
      if (value != null) {
        bind(section, key, value);
      } else if (key.required()) {
        section.markBroken(key.name());
        if (!mistyped.contains(key.name())) {
          problems.add(section.path(key.name()), "missing", key.type().expected());
        }
      } else if (mistyped.contains(key.name())) {
        section.markBroken(key.name());
      }
    }
    return section;
  }

  private void bind(Section section, Key key, SourceNode node) {
    String path = section.path(key.name());
    Object value = value(section, key, key.type(), node, path);
    if (value == null) {
      section.markBroken(key.name());
    } else {
      section.put(key.name(), value);
    }
  }

  private @Nullable Object value(
      Section section, Key key, ValueType type, SourceNode node, String path) {
    // No pattern switch, here and below: its linkage is not in the AOT cache, and every start needs
    // it.
    if (type instanceof ValueType.Single single) {
      return single(key, single.scalar(), node, path);
    }
    if (type instanceof ValueType.Section nested) {
      return section(nested.type(), node, path);
    }
    if (type instanceof ValueType.Items items) {
      return items(section, key, items, node, path);
    }
    return type instanceof ValueType.TextMap map
        ? texts(section, key, map, node, path)
        : secret(node, path);
  }

  private @Nullable Object single(Key key, ScalarType type, SourceNode node, String path) {
    if (!(node instanceof Scalar scalar) || scalar.kind() == Kind.REFUSED) {
      refuse(path, DescribedValue.describe(node), type.expected(), node);
      return null;
    }
    try {
      Object value = type.parse(scalar);
      return value instanceof Path file ? file(key, file, path) : value;
    } catch (IllegalValueException e) {
      problems.add(path, e.found(), e.expected());
      return null;
    }
  }

  private @Nullable Path file(Key key, Path name, String path) {
    Path file = folder.resolve(name).normalize();
    String unreadable = key.readableFile() ? InputFiles.unreadable(file) : null;
    if (unreadable != null) {
      problems.add(path, unreadable + ": " + file, "a readable file");
      return null;
    }
    return file;
  }

  private @Nullable Secret secret(SourceNode node, String path) {
    if (!(node instanceof Mapping)) {
      // only the kind: the value may be the secret itself
      refuse(path, DescribedValue.kind(node), new ValueType.SecretPlace().expected(), node);
      return null;
    }
    Section reference = section(SecretReference.class, node, path);
    return reference == null ? null : secrets.fetch(reference);
  }

  private @Nullable List<Object> items(
      Section section, Key key, ValueType.Items type, SourceNode node, String path) {
    if (type.orOne() && node instanceof Scalar) {
      Object only = value(section, key, type.element(), node, path);
      return only == null ? null : List.of(only);
    }
    if (!(node instanceof Sequence sequence)) {
      refuse(path, DescribedValue.describe(node), type.expected(), node);
      return null;
    }
    if (key.notEmpty() && sequence.items().isEmpty()) {
      problems.add(path, "an empty list", "at least one element");
      return null;
    }
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      Object item =
          value(section, key, type.element(), sequence.items().get(i), path + "[" + i + "]");
      if (item == null) {
        section.markBroken(key.name());
      } else {
        items.add(item);
      }
    }
    return items;
  }

  private @Nullable Map<String, Object> texts(
      Section section, Key key, ValueType.TextMap type, SourceNode node, String path) {
    if (!(node instanceof Mapping mapping)) {
      refuse(path, DescribedValue.describe(node), type.expected(), node);
      return null;
    }
    Map<String, Object> texts = new LinkedHashMap<>();
    mapping
        .entries()
        .forEach((name, entry) -> {
          Object text = single(key, type.value(), entry.value(), ConfigSource.join(path, name));
          if (text == null) {
            section.markBroken(key.name());
          } else {
            texts.put(name, text);
          }
        });
    return texts;
  }

  /** Reports unknown keys; returns the known keys that were probably meant. */
  private Set<String> reportUnknown(SectionType type, Mapping mapping, String path) {
    List<String> known = type.keyNames();
    List<String> open =
        known.stream().filter(name -> !mapping.entries().containsKey(name)).toList();
    Set<String> meant = new HashSet<>();
    for (String name : mapping.entries().keySet()) {
      if (!known.contains(name)) {
        Optional<String> suggestion = Suggestion.of(name, open);
        suggestion.ifPresent(meant::add);
        String hint = suggestion.map(near -> ", did you mean " + near + "?").orElse("");
        problems.addKey(
            ConfigSource.join(path, name), "unknown key" + hint, String.join(", ", known));
      }
    }
    return meant;
  }

  /** Reports the node unless the YAML reader already has. */
  private void refuse(String path, String found, String expected, SourceNode node) {
    if (!(node instanceof Scalar scalar && scalar.kind() == Kind.REFUSED)) {
      problems.add(path, found, expected);
    }
  }
}
