package io.harborgateway.http;

/** What happens to a client's connection after a response. */
public enum KeepAlivePolicy {
  /** It stays open for the next request. */
  OPEN,
  /**
   * It is closed if the response could still announce it (RFC 9112 section 9.6). Otherwise it stays
   * open for the next request, which may already be on its way.
   */
  UNTIL_ANNOUNCED,
  /** It is closed. */
  NONE
}
