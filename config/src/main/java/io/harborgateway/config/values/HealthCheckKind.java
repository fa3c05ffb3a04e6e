package io.harborgateway.config.values;

/** What proves that an upstream answers. */
public enum HealthCheckKind {
  /** {@link #HTTP} where the upstream speaks TLS, else {@link #CONNECT}. */
  AUTO,
  /** A connection, with TLS where the upstream speaks it. */
  CONNECT,
  /** A response with an expected status. */
  HTTP
}
