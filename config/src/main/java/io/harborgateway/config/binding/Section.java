package io.harborgateway.config.binding;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A section as far as it could be read. Checks run on this rather than on the records, so that one
 * bad value hides no other problem. Keys are named as in the file.
 */
public final class Section {
  private final SectionType type;
  private final String path;
  private final Map<String, Object> values = new HashMap<>();
  private final Set<String> broken = new HashSet<>();

  Section(SectionType type, String path) {
    this.type = type;
    this.path = path;
  }

  public void put(String key, Object value) {
    values.put(type.key(key).name(), value);
  }

  /** Marks a key whose value, or a part of it, has a problem. */
  void markBroken(String key) {
    broken.add(type.key(key).name());
  }

  /** Whether the key's value, or a part of it, has a problem that is already reported. */
  public boolean isBroken(String key) {
    return broken.contains(type.key(key).name());
  }

  /** Whether the key has a value, even a broken one. */
  public boolean isSet(String key) {
    return isBroken(key) || values.containsKey(key);
  }

  /** The key's path in the file. */
  public String path(String key) {
    return ConfigSource.join(path, type.key(key).name());
  }

  /** The section's own path. */
  public String path() {
    return path;
  }

  /** The value or its default; null if it has neither, or is broken. */
  public <T> @Nullable T value(String key, Class<T> as) {
    return as.cast(values.get(type.key(key).name()));
  }

  public @Nullable Section section(String key) {
    return value(key, Section.class);
  }

  /** The sections of a list; elements that are not mappings are left out. */
  public List<Section> sections(String key) {
    return list(key, Section.class);
  }

  /** The values of a list; broken ones are left out. */
  public <T> List<T> list(String key, Class<T> of) {
    List<?> list = value(key, List.class);
    return list == null ? List.of() : list.stream().map(of::cast).toList();
  }

  /** Creates the record. Only for a section without problems. */
  public Record toRecord() {
    Object[] arguments = type.keys().stream().map(key -> built(values.get(key.name()))).toArray();
    Class<?>[] parameters =
        Arrays.stream(type.record().getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return type.record().getDeclaredConstructor(parameters).newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(path + ": cannot make " + type.record().getName(), e);
    }
  }

  private static @Nullable Object built(@Nullable Object value) {
    if (value instanceof Section section) {
      return section.toRecord();
    }
    return value instanceof List<?> list ? list.stream().map(Section::built).toList() : value;
  }
}
