package io.harborgateway.config.load;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.binding.Key;
import io.harborgateway.config.binding.SectionType;
import io.harborgateway.config.load.ConfigChange.Kind;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.values.Durations;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares two configurations key by key. List elements are matched by name, not by position, so an
 * instance that moved in the file is unchanged. Uses reflection; for reloads only.
 */
public final class ConfigDiff {
  private static final int LONGEST = 120;

  /** The keys that may name an element of a list of sections; the first one present counts. */
  private static final List<String> NAMES = List.of("name", "guid", "listener");

  private final List<ConfigChange> changes = new ArrayList<>();

  private ConfigDiff() {}

  /** Returns every difference, in the order of the sections. */
  public static List<ConfigChange> between(GatewayConfig before, GatewayConfig after) {
    var diff = new ConfigDiff();
    diff.sections(before, after, "", false);
    return List.copyOf(diff.changes);
  }

  private void sections(Record before, Record after, String path, boolean needsRestart) {
    List<Key> keys = SectionType.of(before.getClass()).keys();
    RecordComponent[] components = before.getClass().getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      Key key = keys.get(i);
      values(
          value(components[i], before),
          value(components[i], after),
          path.isEmpty() ? key.name() : path + "." + key.name(),
          needsRestart || key.needsRestart());
    }
  }

  private void values(
      @Nullable Object before, @Nullable Object after, String path, boolean needsRestart) {
    if (Objects.equals(before, after)) {
      return;
    }
    if (before instanceof Record one && after instanceof Record other && isSection(one)) {
      sections(one, other, path, needsRestart);
      return;
    }
    if (before instanceof List<?> some && after instanceof List<?> others) {
      Map<String, Record> one = named(some);
      Map<String, Record> other = named(others);
      if (one != null && other != null) {
        elements(one, other, path, needsRestart);
        return;
      }
    }
    Kind kind = before == null ? Kind.ADDED : after == null ? Kind.REMOVED : Kind.CHANGED;
    changes.add(new ConfigChange(kind, path, text(before), text(after), needsRestart));
  }

  private void elements(
      Map<String, Record> before, Map<String, Record> after, String path, boolean needsRestart) {
    before.forEach((name, element) -> {
      if (!after.containsKey(name)) {
        changes.add(new ConfigChange(Kind.REMOVED, path + "[" + name + "]", "", "", needsRestart));
      }
    });
    after.forEach((name, element) -> {
      Record was = before.get(name);
      String at = path + "[" + name + "]";
      if (was == null) {
        changes.add(new ConfigChange(Kind.ADDED, at, "", "", needsRestart));
      } else {
        values(was, element, at, needsRestart);
      }
    });
  }

  /** Returns the sections of a list by name; null unless each has a unique one. */
  private static @Nullable Map<String, Record> named(List<?> list) {
    Map<String, Record> named = LinkedHashMap.newLinkedHashMap(list.size());
    RecordComponent naming = null;
    for (Object element : list) {
      if (!(element instanceof Record section)) {
        return null;
      }
      if (naming == null || naming.getDeclaringRecord() != section.getClass()) {
        naming = naming(section); // once: there may be 10,000 instances
      }
      if (naming == null || named.put(String.valueOf(value(naming, section)), section) != null) {
        return null;
      }
    }
    return named;
  }

  private static @Nullable RecordComponent naming(Record section) {
    return NAMES.stream()
        .flatMap(name ->
            Stream.of(section.getClass().getRecordComponents())
                .filter(component -> component.getName().equals(name)))
        .findFirst()
        .orElse(null);
  }

  private static boolean isSection(Record record) {
    return record.getClass().isAnnotationPresent(Doc.class);
  }

  private static @Nullable Object value(RecordComponent component, Record record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + ": can't be read", e);
    }
  }

  private static String text(@Nullable Object value) {
    String text =
        switch (value) {
          case null -> "";
          case Duration duration -> Durations.text(duration);
          case Enum<?> choice -> choice.name().toLowerCase(Locale.ROOT);
          case Record section when isSection(section) -> "";
          default -> String.valueOf(value);
        };
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }
}
