package io.harborgateway.benchmarks.load;

/** How the client's connections are secured; always ECDHE with AES-128-GCM. */
public enum TlsMode {
  /** Not at all. */
  NONE,
  /** TLS 1.3, every handshake a full one. */
  TLS13,
  /** TLS 1.2, every handshake a full one. */
  TLS12,
  /** TLS 1.2, every handshake but the first ones resumes a session. */
  TLS12_RESUMED
}
