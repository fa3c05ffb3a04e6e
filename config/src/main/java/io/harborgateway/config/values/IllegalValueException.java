package io.harborgateway.config.values;

/**
 * Thrown for a text that does not parse as its type; keeps found and expected apart for the loader.
 */
public final class IllegalValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String found;
  private final String expected;

  /** Creates the exception for a text, which the message quotes. */
  public static IllegalValueException of(String text, String expected) {
    return new IllegalValueException(QuotedText.of(text), expected);
  }

  public IllegalValueException(String found, String expected) {
    super(found + " (expected: " + expected + ")");
    this.found = found;
    this.expected = expected;
  }

  public String found() {
    return found;
  }

  public String expected() {
    return expected;
  }
}
