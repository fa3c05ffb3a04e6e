package io.harborgateway.config;

import io.harborgateway.config.meta.Doc;
import java.util.Arrays;
import java.util.List;

/**
 * The keys of a section, read off its record, in its order.
 *
 * @param name the section's name in schema and reference
 */
record SectionType(Class<? extends Record> record, String name, String doc, List<Key> keys) {
  private static final ClassValue<SectionType> TYPES =
      new ClassValue<>() {
        @Override
        protected SectionType computeValue(Class<?> record) {
          return read(record.asSubclass(Record.class));
        }
      };

  /** Read once for each record. */
  static SectionType of(Class<? extends Record> record) {
    return TYPES.get(record);
  }

  private static SectionType read(Class<? extends Record> record) {
    Doc doc = record.getAnnotation(Doc.class);
    if (doc == null) {
      throw new IllegalStateException(record + ": no @Doc (expected: at every section)");
    }
    List<Key> keys = Arrays.stream(record.getRecordComponents()).map(Key::of).toList();
    return new SectionType(record, Texts.kebab(record.getSimpleName()), doc.value(), keys);
  }

  List<String> keyNames() {
    return keys.stream().map(Key::name).toList();
  }

  /** Throws {@link IllegalArgumentException} if there is no such key: a mistake in this program. */
  Key key(String name) {
    return keys.stream()
        .filter(key -> key.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " (expected: " + keyNames() + ")"));
  }
}
