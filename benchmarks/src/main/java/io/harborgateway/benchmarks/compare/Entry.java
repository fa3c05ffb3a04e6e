package io.harborgateway.benchmarks.compare;

/** The listeners that a proxy may have. */
enum Entry {
  /** TCP to the backend. */
  TCP,
  /** HTTPS to the backend. */
  HTTPS,
  /** HTTPS to the sink, which consumes uploads and holds requests. */
  HTTPS_SINK
}
