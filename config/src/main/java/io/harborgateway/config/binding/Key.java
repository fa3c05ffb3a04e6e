package io.harborgateway.config.binding;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.NeedsRestart;
import io.harborgateway.config.meta.NotEmpty;
import io.harborgateway.config.meta.OneOrList;
import io.harborgateway.config.meta.ReadableFile;
import io.harborgateway.config.values.Secret;
import io.harborgateway.config.values.TextRules;
import io.harborgateway.config.yaml.Mark;
import io.harborgateway.config.yaml.SourceNode;
import io.harborgateway.config.yaml.YamlReader;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One key of a section, derived from its record component.
 *
 * @param defaultText the default as YAML; null if there is none
 * @param defaultNode the default as if it had been written; null if there is none
 * @param nullable whether the key may be omitted although it has no default
 * @param needsRestart whether a change takes effect only at the next start
 */
public record Key(
    String name,
    ValueType type,
    String doc,
    @Nullable String defaultText,
    @Nullable SourceNode defaultNode,
    boolean nullable,
    boolean notEmpty,
    boolean readableFile,
    boolean needsRestart) {

  static Key of(RecordComponent component) {
    Doc doc = component.getAnnotation(Doc.class);
    if (doc == null) {
      throw new IllegalStateException(component + ": no @Doc (expected: at every key)");
    }
    Default value = component.getAnnotation(Default.class);
    return new Key(
        TextRules.kebab(component.getName()),
        type(component.getGenericType(), component),
        doc.value(),
        value == null ? null : value.value(),
        value == null ? null : node(value.value()),
        component.getAnnotatedType().isAnnotationPresent(Nullable.class),
        component.isAnnotationPresent(NotEmpty.class),
        component.isAnnotationPresent(ReadableFile.class),
        component.isAnnotationPresent(NeedsRestart.class));
  }

  /** Parses a default: an empty section, an empty list, or an unquoted value. */
  private static SourceNode node(String text) {
    return switch (text) {
      case "{}" -> new SourceNode.Mapping(Mark.START, Map.of());
      case "[]" -> new SourceNode.Sequence(Mark.START, List.of());
      default -> {
        if (text.startsWith("[") || text.startsWith("{") || text.startsWith("\"")) {
          yield Objects.requireNonNull(YamlReader.read(text).root(), text);
        }
        yield SourceNode.Scalar.plain(Mark.START, text);
      }
    };
  }

  public boolean required() {
    return defaultText == null && !nullable;
  }

  private static ValueType type(Type type, AnnotatedElement component) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      return new ValueType.Items(
          type(generic.getActualTypeArguments()[0], component),
          component.isAnnotationPresent(OneOrList.class));
    }
    if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
      Type value = generic.getActualTypeArguments()[1];
      if (type(value, component) instanceof ValueType.Single single) {
        return new ValueType.TextMap(single.scalar());
      }
    }
    if (type == Secret.class) {
      return new ValueType.SecretPlace();
    }
    if (type instanceof Class<?> single) {
      ScalarType scalar = ScalarTypes.of(single, component);
      if (scalar != null) {
        return new ValueType.Single(scalar);
      }
      if (single.isRecord()) {
        return new ValueType.Section(single.asSubclass(Record.class));
      }
    }
    throw new IllegalStateException(component + ": " + type + " (expected: a type for a key)");
  }
}
