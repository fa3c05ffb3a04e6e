package io.harborgateway.config.values;

/** What a listener speaks. */
public enum Protocol {
  /** TLS with the certificate of the instance, HTTP/1.1 inside. */
  HTTPS,
  /** HTTP/1.1 in the clear. */
  HTTP,
  /** Bytes both ways, unread. */
  TCP
}
