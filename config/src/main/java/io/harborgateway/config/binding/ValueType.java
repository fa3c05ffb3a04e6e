package io.harborgateway.config.binding;

/** The type of a key's value. */
public sealed interface ValueType {
  /** A scalar value. */
  record Single(ScalarType scalar) implements ValueType {}

  /** A mapping with the keys of a record. */
  record Section(Class<? extends Record> type) implements ValueType {}

  /** The place of a secret: a mapping with the keys of {@link SecretReference}. */
  record SecretPlace() implements ValueType {}

  /**
   * A list.
   *
   * @param orOne whether its only element may be written without the list
   */
  record Items(ValueType element, boolean orOne) implements ValueType {}

  /** A mapping of arbitrary keys to texts. */
  record TextMap(ScalarType value) implements ValueType {}

  /** The expectation stated in errors. */
  default String expected() {
    return switch (this) {
      case Single single -> single.scalar().expected();
      case Section section -> "a mapping with " + keys(section.type());
      case SecretPlace secret -> "a mapping with " + keys(SecretReference.class);
      case Items items ->
          items.orOne() ? items.element().expected() + ", or a list of them" : "a list";
      case TextMap map -> "a mapping of texts";
    };
  }

  private static String keys(Class<? extends Record> type) {
    return String.join(", ", SectionType.of(type).keyNames());
  }
}
