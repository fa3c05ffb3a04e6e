package io.harborgateway.testkit;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The head of a request or a response as it was received.
 *
 * @param startLine request line or status line, without its end
 * @param fields in their order
 */
public record HttpHead(String startLine, List<Field> fields) {
  /** A header or trailer field; the value without the white space around it. */
  public record Field(String name, String value) {
    @Override
    public String toString() {
      return name + ": " + value;
    }
  }

  /** The first field of this name, whatever its case. */
  public Optional<String> field(String name) {
    return values(name).stream().findFirst();
  }

  /** The values of all fields of this name, whatever its case, in their order. */
  public List<String> values(String name) {
    return fields.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .toList();
  }

  /** Whether a field of this name holds the word, whatever the case of either. */
  boolean has(String name, String word) {
    return values(name).stream().anyMatch(value -> value.equalsIgnoreCase(word));
  }

  @Override
  public String toString() {
    return fields.stream()
        .map(Field::toString)
        .collect(Collectors.joining("\n", startLine + "\n", ""));
  }
}
