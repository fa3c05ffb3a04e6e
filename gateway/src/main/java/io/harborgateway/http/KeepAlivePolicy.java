package io.harborgateway.http;

/** What becomes of a client's connection after its response. */
public enum KeepAlivePolicy {
  /** It waits for the next request. */
  OPEN,
  /**
   * It ends, if the response could still say so (RFC 9112 section 9.6). One that could not waits
   * for its next request, which may be on its way.
   */
  UNTIL_ANNOUNCED,
  /** It ends. */
  NONE
}
