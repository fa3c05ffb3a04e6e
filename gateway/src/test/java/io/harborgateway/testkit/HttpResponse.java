package io.harborgateway.testkit;

/** A whole response as a {@link RawClient} received it. */
public record HttpResponse(HttpHead head, HttpBody body) {
  /** The status code. */
  public int status() {
    return status(head);
  }

  static int status(HttpHead head) {
    String line = head.startLine();
    if (!line.matches("HTTP/1\\.[01] [1-9][0-9]{2} .*")) {
      throw new AssertionError("status line: \"" + line + "\" (expected: of HTTP/1.x)");
    }
    return Integer.parseInt(line.substring(9, 12));
  }
}
