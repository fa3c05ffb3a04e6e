package io.harborgateway.config.values;

/** What counts as proof that an upstream answers. */
public enum HealthCheckKind {
  /** {@link #HTTP} where the upstream speaks TLS, otherwise {@link #CONNECT}. */
  AUTO,
  /** A connection, with TLS where the upstream speaks it. */
  CONNECT,
  /** A response with an expected status. */
  HTTP
}
