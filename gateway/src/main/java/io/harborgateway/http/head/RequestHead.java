package io.harborgateway.http.head;

import org.jspecify.annotations.Nullable;

/** The view of a request head. */
public final class RequestHead extends Head {
  private static final int MAX_ID_LENGTH = 128;

  public int methodStart;
  public int methodEnd;

  /** The target as received. */
  public int targetStart;

  public int targetEnd;

  /**
   * Where the part of the target that goes upstream begins: behind the authority of absolute-form.
   */
  int pathStart;

  /** Set by {@link RequestRules#check}: the host without port and trailing dot. */
  public int hostStart;

  public int hostEnd;

  /** The Host of a request of HTTP/1.0 that has none: its target's, or its only instance's. */
  public @Nullable String givenHost;

  /** Returns whether Host, or the target, names a host. */
  public boolean hasHost() {
    return hostEnd > hostStart;
  }

  public boolean isHead() {
    return methodEnd - methodStart == 4
        && octets[methodStart] == 'H'
        && octets[methodStart + 1] == 'E'
        && octets[methodStart + 2] == 'A'
        && octets[methodStart + 3] == 'D';
  }

  /**
   * Returns whether the method is idempotent by RFC 9110 section 9.2.2. PUT and DELETE are: of a
   * repeat after the first was served in silence the client learns that the upload, or the thing,
   * is not there any more, which is what it would find out after a 502.
   */
  public boolean isIdempotent() {
    return switch (octets[methodStart]) {
      case 'G' -> methodIs("GET");
      case 'H' -> isHead();
      case 'P' -> methodIs("PUT");
      case 'D' -> methodIs("DELETE");
      case 'O' -> methodIs("OPTIONS");
      case 'T' -> methodIs("TRACE");
      default -> false;
    };
  }

  /** Returns whether the method is safe by RFC 9110 section 9.2.1. */
  public boolean isSafe() {
    return switch (octets[methodStart]) {
      case 'P', 'D' -> false;
      default -> isIdempotent();
    };
  }

  /** Tells whether the client wants to go on using the connection (RFC 9112 section 9.3). */
  public boolean keepsAlive() {
    return minorVersion == 1 ? !connection.close() : connection.keepAlive();
  }

  /** Tells whether the path begins with {@code prefix}. */
  public boolean isBelow(String prefix) {
    int end = pathStart + prefix.length();
    return end <= targetEnd && matches(pathStart, end, prefix);
  }

  /** Returns the id that a router or the client gave the request, if it is fit for a field. */
  public @Nullable String requestId() {
    int line = indexOf(Field.X_VCAP_REQUEST_ID, 0);
    if (line < 0) {
      line = indexOf(Field.X_REQUEST_ID, 0);
    }
    return line >= 0 && isFitForId(valueStart(line), valueEnd(line))
        ? text(valueStart(line), valueEnd(line))
        : null;
  }

  private boolean isFitForId(int start, int end) {
    for (int i = start; i < end; i++) {
      if (!Octets.isToken(octets[i])) {
        return false;
      }
    }
    return end > start && end - start <= MAX_ID_LENGTH;
  }

  public boolean methodIs(String method) {
    return matches(methodStart, methodEnd, method);
  }
}
