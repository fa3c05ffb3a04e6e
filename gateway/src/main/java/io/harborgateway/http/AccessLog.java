package io.harborgateway.http;

import io.harborgateway.http.head.Failure;
import io.harborgateway.transport.NegotiatedTls;
import org.jspecify.annotations.Nullable;

/** Receives completed requests. Called on event loops: an implementation must not block. */
public interface AccessLog {
  /** Writes nothing, and saves building the texts. */
  AccessLog OFF =
      new AccessLog() {
        @Override
        public boolean isOn() {
          return false;
        }

        @Override
        public void log(Entry entry) {}
      };

  /** Where a request was retried that failed before the first byte of its response. */
  enum Retry {
    /** To the same upstream, on a new connection. */
    HERE,
    /** To another node, by the router in front, which got no response from this one. */
    ELSEWHERE
  }

  /**
   * One request.
   *
   * @param client the client's address: the peer's, or taken from forwarded fields if the peer is
   *     trusted
   * @param peer address of the connection, such as that of a router
   * @param method null, like the other texts, if the request was too malformed to have one
   * @param status as sent; 499 if the client was gone, 0 if it got none for another reason
   * @param receivedBytes size of the request's body as framed
   * @param sentBytes size of the response's body as framed
   * @param nanos duration from the first byte of the head to the end
   * @param failure code of the {@link Failure}, or null
   * @param tls what the connection's handshake has agreed on; null without TLS
   * @param retry null for a request that was not retried
   * @param certificate subject of the client's verified certificate, or null
   */
  record Entry(
      String listener,
      String client,
      String peer,
      @Nullable String instance,
      @Nullable String method,
      @Nullable String target,
      @Nullable String host,
      int minorVersion,
      int status,
      long receivedBytes,
      long sentBytes,
      long nanos,
      @Nullable String userAgent,
      @Nullable String referer,
      @Nullable String requestId,
      @Nullable String failure,
      @Nullable NegotiatedTls tls,
      @Nullable Retry retry,
      @Nullable String certificate) {}

  default boolean isOn() {
    return true;
  }

  /** Accepts the entry, or drops it if too many are waiting to be written. */
  void log(Entry entry);

  /** Number of entries so far that were not written. */
  default long dropped() {
    return 0;
  }
}
