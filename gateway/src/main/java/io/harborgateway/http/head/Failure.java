package io.harborgateway.http.head;

import java.util.Locale;

/**
 * The table of failures: cause, what the client sees, what happens to its connection, and whether a
 * router in front may send the request elsewhere. The only place where a cause is mapped to a
 * status. docs/failures.md shows this table, and a test keeps the two in sync.
 */
public enum Failure {
  BAD_REQUEST_LINE(400, After.CLOSE, "the request line is malformed"),
  BAD_FIELD(400, After.CLOSE, "a header field is malformed"),
  BAD_HOST(
      400,
      After.CLOSE,
      "the Host field is missing, repeated or malformed, or differs from the target"),
  BAD_FRAMING(400, After.CLOSE, "Content-Length or Transfer-Encoding is malformed or ambiguous"),
  BAD_CHUNK(400, After.CLOSE, "the chunked body is malformed"),
  HTTP2_PREFACE(400, After.CLOSE, "HTTP/2 is not spoken on this connection"),
  UNKNOWN_HOST(404, After.KEEP, "no instance has this host name"),
  METHOD_NOT_ALLOWED(
      405, After.CLOSE, "CONNECT is not supported, nor is TRACE of the gateway itself"),
  CLIENT_TIMEOUT(408, After.CLOSE, "the request did not arrive in time"),
  TARGET_TOO_LONG(414, After.CLOSE, "the request target is longer than allowed"),
  MISDIRECTED(
      421, After.KEEP, "the host belongs to another instance than this connection's certificate"),
  HEAD_TOO_LARGE(431, After.CLOSE, "the request head is larger than allowed"),
  TOO_MANY_FIELDS(
      431, After.CLOSE, "the request head has more fields or connection options than allowed"),
  CLIENT_GONE(
      499, After.ABORT, "the client closed the connection before the response was complete"),
  UNSUPPORTED_TRANSFER_CODING(501, After.CLOSE, "only the chunked transfer coding is supported"),
  UPSTREAM_REFUSED(502, After.CLOSE, "the registry's web server does not accept connections"),
  UPSTREAM_TLS(502, After.CLOSE, "the TLS handshake with the registry's web server failed"),
  UPSTREAM_CLOSED(
      502, After.KEEP, "the registry's web server closed the connection before it answered"),
  UPSTREAM_BAD_RESPONSE(502, After.KEEP, "the registry's web server sent a malformed response"),
  UPSTREAM_TRUNCATED(
      502, After.ABORT, "the registry's web server closed the connection within its response"),
  UPSTREAM_DOWN(
      503,
      After.KEEP,
      "the registry's web server does not answer,"
          + " and no other node is known to serve this registry"),
  OUT_OF_DESCRIPTORS(503, After.KEEP, "the gateway is out of file descriptors"),
  OUT_OF_MEMORY(503, After.CLOSE, "the gateway is short of memory"),
  UPSTREAM_CONNECT_TIMEOUT(
      504, After.CLOSE, "the registry's web server did not accept the connection in time"),
  UPSTREAM_SILENT(504, After.KEEP, "the registry's web server did not answer in time"),
  UNSUPPORTED_VERSION(505, After.CLOSE, "the HTTP version is not supported"),
  INTERNAL(500, After.CLOSE, "the gateway failed; its log says why");

  /** What happens to the client's connection. */
  public enum After {
    /** Used for further requests, if this one was received completely. */
    KEEP,
    /**
     * Closed after the response: no further request could be parsed or served. A router that opens
     * a new connection learns this before it has sent a request, and goes elsewhere.
     */
    CLOSE,
    /** Reset; so is any connection whose response has begun, whatever the failure. */
    ABORT
  }

  private final int status;
  private final After after;
  private final String reason;

  Failure(int status, After after, String reason) {
    this.status = status;
    this.after = after;
    this.reason = reason;
  }

  /** The status that the client sees; 499 is for the log only. */
  public int status() {
    return status;
  }

  public After after() {
    return after;
  }

  /**
   * Returns whether the upstream may have received the request, or part of it, by the time of this
   * failure. If not, it can be sent again whatever its method.
   */
  public boolean mayHaveReachedUpstream() {
    return switch (this) {
      case BAD_CHUNK,
          CLIENT_GONE,
          CLIENT_TIMEOUT,
          INTERNAL,
          OUT_OF_MEMORY,
          UPSTREAM_BAD_RESPONSE,
          UPSTREAM_CLOSED,
          UPSTREAM_SILENT,
          UPSTREAM_TRUNCATED ->
          true;
      default -> false;
    };
  }

  /**
   * Returns whether a repeatable request is better left to a router in front, which tries another
   * node if it gets no response, but passes on a status.
   *
   * @param fresh whether it is the first on its connection. If a connection that a router has used
   *     before is closed, the router takes that for a coincidence and tries this node again, on
   *     each connection it keeps. So where a failure takes long, or the request may be what breaks
   *     the upstream, only the first is left to the router.
   */
  public boolean isBetterLeftToRouter(boolean fresh) {
    return switch (this) {
      case UPSTREAM_REFUSED, UPSTREAM_TLS, UPSTREAM_DOWN -> true;
      case OUT_OF_DESCRIPTORS, UPSTREAM_CLOSED, UPSTREAM_CONNECT_TIMEOUT -> fresh;
      default -> false;
    };
  }

  /** A human-readable line. */
  public String reason() {
    return reason;
  }

  /** The name on the wire, in logs and in metrics: {@code upstream_refused}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
