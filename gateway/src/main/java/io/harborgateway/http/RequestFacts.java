package io.harborgateway.http;

import io.harborgateway.route.Instance;
import org.jspecify.annotations.Nullable;

/**
 * What the log, the metrics and an error response say about a request, kept because its head is
 * gone by then. Texts are null where the request was too malformed to have them, or nobody asks for
 * them.
 */
final class RequestFacts {
  final String listener;
  final String peer;
  final long startNanos;
  @Nullable Instance instance;

  /** By the forwarded fields of a trusted peer; null: the peer itself. */
  @Nullable String client;

  @Nullable String method;
  @Nullable String target;
  @Nullable String host;
  @Nullable String userAgent;
  @Nullable String referer;

  /** As sent by the client or a router in front; null until there is need for one. */
  @Nullable String requestId;

  boolean toRegistryApi;
  boolean toHead;
  boolean idempotent;

  /** Whether gorouter, if that is in front, repeats it elsewhere when it gets no answer. */
  boolean repeatedByRouter;

  int minorVersion = 1;
  AccessLog.@Nullable Retry retry;

  RequestFacts(String listener, String peer, long startNanos) {
    this.listener = listener;
    this.peer = peer;
    this.startNanos = startNanos;
  }

  /**
   * The Connection field of a response that the gateway gives itself, behind a CRLF, or nothing.
   */
  String connectionField(boolean close) {
    return close ? "\r\nConnection: close" : minorVersion == 0 ? "\r\nConnection: keep-alive" : "";
  }

  /** Takes what every request needs. */
  void take(RequestHead head) {
    toHead = head.isHead();
    idempotent = head.isIdempotent();
    repeatedByRouter = head.indexOf(Field.X_VCAP_REQUEST_ID, 0) >= 0 && head.isSafe();
    minorVersion = head.minorVersion;
    toRegistryApi = head.isBelow("/v2/");
    requestId = head.requestId();
  }

  /** Takes what only the access log needs. */
  void takeTexts(RequestHead head) {
    method = head.text(head.methodStart, head.methodEnd);
    target = head.text(head.targetStart, head.targetEnd);
    host = head.value(Field.HOST);
    userAgent = head.value(Field.USER_AGENT);
    referer = head.value(Field.REFERER);
  }

  String instanceLabel() {
    return instance == null ? "none" : instance.label();
  }
}
