package io.harborgateway.config.values;

/** How an ACME server convinces itself that a name belongs to this gateway. */
public enum AcmeChallenge {
  /** A request for a file, in the clear on port 80 (RFC 8555 section 8.3). */
  HTTP_01,
  /** A handshake on port 443 (RFC 8737). */
  TLS_ALPN_01
}
