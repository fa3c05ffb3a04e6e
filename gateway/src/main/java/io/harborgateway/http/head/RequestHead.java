package io.harborgateway.http.head;

import org.jspecify.annotations.Nullable;

/** The view of a request head. */
public final class RequestHead extends Head {
  private static final int MAX_ID_LENGTH = 128;

  public int methodStart;
  public int methodEnd;

  /** Start of the target as received. */
  public int targetStart;

  public int targetEnd;

  /** Start of the part of the target that goes upstream: after the authority in absolute-form. */
  int pathStart;

  /** Set by {@link RequestRules#check}: the host without port and trailing dot. */
  public int hostStart;

  public int hostEnd;

  /**
   * The Host given to an HTTP/1.0 request without one: its target's, or that of the only instance.
   */
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
   * Returns whether the method is idempotent by RFC 9110 section 9.2.2. PUT and DELETE are: if the
   * first attempt was processed but its response lost, the repeat tells the client that the upload,
   * or the resource, no longer exists, which it would also find out after a 502.
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

  /** Returns whether the client wants the connection to persist (RFC 9112 section 9.3). */
  public boolean keepsAlive() {
    return minorVersion == 1 ? !connection.close() : connection.keepAlive();
  }

  /** Returns whether the path begins with {@code prefix}. */
  public boolean isBelow(String prefix) {
    int end = pathStart + prefix.length();
    return end <= targetEnd && matches(pathStart, end, prefix);
  }

  /** Returns what follows {@code prefix} in the path, with any query; null: the path is another. */
  public @Nullable String restBelow(String prefix) {
    return isBelow(prefix) ? text(pathStart + prefix.length(), targetEnd) : null;
  }

  /**
   * Returns the id that a router or the client gave the request, if it is usable as a field value.
   */
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
