package io.harborgateway.config;

/** A text that is not of its type; keeps found and expected apart for the loader. */
final class IllegalValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String found;
  private final String expected;

  /** For a text, which the message quotes. */
  static IllegalValueException of(String text, String expected) {
    return new IllegalValueException(Found.quote(text), expected);
  }

  IllegalValueException(String found, String expected) {
    super(found + " (expected: " + expected + ")");
    this.found = found;
    this.expected = expected;
  }

  String found() {
    return found;
  }

  String expected() {
    return expected;
  }
}
