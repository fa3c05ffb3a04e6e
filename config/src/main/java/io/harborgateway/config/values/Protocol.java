package io.harborgateway.config.values;

/** What a listener speaks. */
public enum Protocol {
  /** TLS with the instance's certificate, HTTP/1.1 inside. */
  HTTPS,
  /** Cleartext HTTP/1.1. */
  HTTP,
  /** Bytes in both directions, uninterpreted. */
  TCP
}
