package io.harborgateway.http;

import org.jspecify.annotations.Nullable;

/** The view of a request head. */
final class RequestHead extends Head {
  private static final int MAX_ID_LENGTH = 128;

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

  /** Tells whether the client wants to go on using the connection (RFC 9112 section 9.3). */
  boolean keepsAlive() {
    return minorVersion == 1
        ? !lists(Field.CONNECTION, "close")
        : lists(Field.CONNECTION, "keep-alive");
  }

  /** Tells whether the path begins with {@code prefix}. */
  boolean isBelow(String prefix) {
    int end = pathStart + prefix.length();
    return end <= targetEnd && matches(pathStart, end, prefix);
  }

  /** Returns the id that a router or the client gave the request, if it is fit for a field. */
  @Nullable String requestId() {
    String id = value(Field.X_VCAP_REQUEST_ID);
    if (id == null) {
      id = value(Field.X_REQUEST_ID);
    }
    boolean usable =
        id != null
            && !id.isEmpty()
            && id.length() <= MAX_ID_LENGTH
            && id.chars().allMatch(c -> c < 128 && Octets.isToken((byte) c));
    return usable ? id : null;
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
