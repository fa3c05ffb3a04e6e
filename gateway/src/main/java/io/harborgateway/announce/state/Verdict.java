package io.harborgateway.announce.state;

/** Whether a route may be announced. */
public sealed interface Verdict {
  /** Nothing holds it back. */
  static Verdict open() {
    return new Open();
  }

  /** Something holds it back. */
  static Verdict held(String reason) {
    return new Held(reason);
  }

  default boolean isOpen() {
    return this instanceof Open;
  }

  /** Nothing holds it back. */
  record Open() implements Verdict {}

  /**
   * Something holds it back.
   *
   * @param reason human-readable, not empty
   */
  record Held(String reason) implements Verdict {
    public Held {
      if (reason.isEmpty()) {
        throw new IllegalArgumentException("reason: empty (expected: what holds the route back)");
      }
    }
  }
}
