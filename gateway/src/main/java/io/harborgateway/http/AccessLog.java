package io.harborgateway.http;

import io.harborgateway.http.head.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Where completed requests are written to. Called on event loops: an implementation never blocks.
 */
public interface AccessLog {
  /** Writes nothing, and spares the making of the texts. */
  AccessLog OFF =
      new AccessLog() {
        @Override
        public boolean isOn() {
          return false;
        }

        @Override
        public void log(Entry entry) {}
      };

  /** Where a request went again that failed before a byte of its answer came. */
  enum Retry {
    /** To the same upstream, by a new connection. */
    HERE,
    /** To another node, by the router in front, which got no answer from this one. */
    ELSEWHERE
  }

  /**
   * One request.
   *
   * @param client its address: the peer's, or by its forwarded fields where the peer is trusted
   * @param peer address of the connection, such as that of a router
   * @param method null, as the other texts, where the request was too malformed to have one
   * @param status as sent; 499 when the client was gone, 0 when it got none for another reason
   * @param receivedBytes of the request's body as framed
   * @param sentBytes of the response's body as framed
   * @param nanos from the first byte of the head to the end
   * @param failure code of the {@link Failure}, or null
   * @param retry null for a request that went its way once
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
      @Nullable Retry retry) {}

  default boolean isOn() {
    return true;
  }

  /** Takes the entry, or drops it when too many wait to be written. */
  void log(Entry entry);

  /** Number of entries so far that were not written. */
  default long dropped() {
    return 0;
  }
}
