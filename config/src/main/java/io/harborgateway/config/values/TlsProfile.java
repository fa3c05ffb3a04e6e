package io.harborgateway.config.values;

/** A choice of TLS versions and suites, named as Mozilla names its recommendations. */
public enum TlsProfile {
  /** TLS 1.3 only. */
  MODERN,
  /** TLS 1.2 and 1.3, with forward secrecy and authenticated encryption only. */
  INTERMEDIATE,
  /** Also suites with CBC and with RSA key exchange, for clients that have nothing else. */
  COMPATIBLE
}
