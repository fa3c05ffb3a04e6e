package io.harborgateway.config;

/** A password or token. Its value appears in no log, no message and no {@code toString}. */
public final class Secret {
  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /** Throws {@link IllegalArgumentException} if {@code value} is empty. */
  public static Secret of(String value) {
    if (value.isEmpty()) {
      throw IllegalValueException.of("", "a secret that is not empty");
    }
    return new Secret(value);
  }

  /** The secret itself, for the peer that asks for it. */
  public String value() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && value.equals(secret.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** Never the value. */
  @Override
  public String toString() {
    return "<secret>";
  }
}
