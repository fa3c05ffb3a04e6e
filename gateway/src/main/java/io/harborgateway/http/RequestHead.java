package io.harborgateway.http;

/** The view of a request head. */
final class RequestHead extends Head {
  int methodStart;
  int methodEnd;

  /** The target as received. */
  int targetStart;

  int targetEnd;

  /**
   * Where the part of the target that goes upstream begins: behind the authority of absolute-form.
   */
  int pathStart;

  /** Set by {@link RequestRules#check}: the host without port and trailing dot. */
  int hostStart;

  int hostEnd;

  boolean isHead() {
    return methodEnd - methodStart == 4
        && buffer.getByte(methodStart) == 'H'
        && buffer.getByte(methodStart + 1) == 'E'
        && buffer.getByte(methodStart + 2) == 'A'
        && buffer.getByte(methodStart + 3) == 'D';
  }

  boolean methodIs(String method) {
    return matches(methodStart, methodEnd, method);
  }

  /** Tells whether the octets at {@code [start, end)} are exactly {@code expected}. */
  boolean matches(int start, int end, String expected) {
    if (end - start != expected.length()) {
      return false;
    }
    for (int i = 0; i < expected.length(); i++) {
      if (buffer.getByte(start + i) != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
