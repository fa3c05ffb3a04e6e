package io.harborgateway.testkit;

/** A whole request as an {@link Origin} received it. */
public record HttpRequest(HttpHead head, HttpBody body) {
  /** For example {@code GET}. */
  public String method() {
    return part(0);
  }

  /** The request target, untouched. */
  public String target() {
    return part(1);
  }

  /** For example {@code HTTP/1.1}. */
  public String version() {
    return part(2);
  }

  private String part(int index) {
    String[] parts = head.startLine().split(" ", -1);
    if (parts.length != 3) {
      throw new AssertionError(
          "request line: \"" + head.startLine() + "\" (expected: three parts, one space between)");
    }
    return parts[index];
  }
}
