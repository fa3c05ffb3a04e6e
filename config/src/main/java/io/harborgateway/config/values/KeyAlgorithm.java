package io.harborgateway.config.values;

/** The key of a certificate that is issued. */
public enum KeyAlgorithm {
  /** RSA 2048, which all routers take. */
  RSA,
  /** ECDSA on P-256, whose handshakes cost a third; routers need TLS 1.3 for it. */
  ECDSA
}
