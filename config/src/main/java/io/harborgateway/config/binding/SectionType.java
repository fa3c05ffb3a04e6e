package io.harborgateway.config.binding;

import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.values.TextRules;
import java.util.Arrays;
import java.util.List;

/**
 * The keys of a section, derived from its record, in the record's order.
 *
 * @param name the section's name in schema and reference
 */
public record SectionType(Class<? extends Record> record, String name, String doc, List<Key> keys) {
  /** Suffix of the records' names; in a file, the section is named by what precedes it. */
  private static final String SUFFIX = "Config";

  private static final ClassValue<SectionType> TYPES =
      new ClassValue<>() {
        @Override
        protected SectionType computeValue(Class<?> record) {
          return read(record.asSubclass(Record.class));
        }
      };

  /** Returns the type of a record, which is computed once. */
  public static SectionType of(Class<? extends Record> record) {
    return TYPES.get(record);
  }

  private static SectionType read(Class<? extends Record> record) {
    Doc doc = record.getAnnotation(Doc.class);
    if (doc == null) {
      throw new IllegalStateException(record + ": no @Doc (expected: at every section)");
    }
    List<Key> keys = Arrays.stream(record.getRecordComponents()).map(Key::of).toList();
    return new SectionType(record, name(record), doc.value(), keys);
  }

  private static String name(Class<?> record) {
    String simple = record.getSimpleName();
    return TextRules.kebab(
        simple.endsWith(SUFFIX) ? simple.substring(0, simple.length() - SUFFIX.length()) : simple);
  }

  List<String> keyNames() {
    return keys.stream().map(Key::name).toList();
  }

  /**
   * Throws {@link IllegalArgumentException} if there is no such key, which is a bug in this
   * program.
   */
  Key key(String name) {
    return keys.stream()
        .filter(key -> key.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " (expected: " + keyNames() + ")"));
  }
}
