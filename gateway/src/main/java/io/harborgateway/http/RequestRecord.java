package io.harborgateway.http;

import io.harborgateway.http.head.Field;
import io.harborgateway.http.head.RequestHead;
import io.harborgateway.route.Instance;
import io.harborgateway.transport.NegotiatedTls;
import org.jspecify.annotations.Nullable;

/**
 * The facts of a request for the log, the metrics and an error response, kept because its head is
 * gone by then. Texts are null if the request was too malformed to have them, or if nobody needs
 * them.
 */
final class RequestRecord {
  /**
   * Bytes kept of a text. There may be ten thousand requests that last for hours, each with a head
   * of 64 KiB: uncut, the texts alone would exceed the heap.
   */
  static final int MAX_TEXT = 1024;

  final String listener;
  final String peer;
  final long startNanos;
  final @Nullable NegotiatedTls tls;
  @Nullable Instance instance;

  /** Taken from the forwarded fields of a trusted peer; null: the peer itself. */
  @Nullable String client;

  @Nullable String method;
  @Nullable String target;
  @Nullable String host;
  @Nullable String userAgent;
  @Nullable String referer;

  /** The subject of the client's verified certificate, or null. */
  @Nullable String certificate;

  /** As sent by the client or a router in front; null until one is needed. */
  @Nullable String requestId;

  boolean toRegistryApi;
  boolean toHead;
  boolean idempotent;

  /**
   * Whether gorouter, if it is in front, retries the request elsewhere when it gets no response.
   */
  boolean repeatedByRouter;

  int minorVersion = 1;
  AccessLog.@Nullable Retry retry;

  RequestRecord(String listener, String peer, long startNanos, @Nullable NegotiatedTls tls) {
    this.listener = listener;
    this.peer = peer;
    this.startNanos = startNanos;
    this.tls = tls;
  }

  /** The Connection field of one of the gateway's own responses, preceded by CRLF, or nothing. */
  String connectionField(boolean close) {
    return close ? "\r\nConnection: close" : minorVersion == 0 ? "\r\nConnection: keep-alive" : "";
  }

  /** Records what every request needs. */
  void take(RequestHead head) {
    toHead = head.isHead();
    idempotent = head.isIdempotent();
    repeatedByRouter = head.indexOf(Field.X_VCAP_REQUEST_ID, 0) >= 0 && head.isSafe();
    minorVersion = head.minorVersion;
    toRegistryApi = head.isBelow("/v2/");
    requestId = head.requestId();
  }

  /** Records what only the access log needs. */
  void takeTexts(RequestHead head) {
    method = text(head, head.methodStart, head.methodEnd);
    target = text(head, head.targetStart, head.targetEnd);
    host = text(head, Field.HOST);
    userAgent = text(head, Field.USER_AGENT);
    referer = text(head, Field.REFERER);
  }

  private static @Nullable String text(RequestHead head, Field field) {
    int line = head.indexOf(field, 0);
    return line < 0 ? null : text(head, head.valueStart(line), head.valueEnd(line));
  }

  /** Copies a text, noting the original length if it is cut. */
  private static String text(RequestHead head, int start, int end) {
    int length = end - start;
    return length <= MAX_TEXT
        ? head.text(start, end)
        : head.text(start, start + MAX_TEXT) + "...(" + length + " octets)";
  }

  /** Drops the texts once the log has them: the connection may now be idle for minutes. */
  void dropTexts() {
    client = null;
    method = null;
    target = null;
    host = null;
    userAgent = null;
    referer = null;
  }

  String instanceLabel() {
    return instance == null ? "none" : instance.label();
  }
}
