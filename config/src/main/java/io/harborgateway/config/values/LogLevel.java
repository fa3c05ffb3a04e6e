package io.harborgateway.config.values;

/** The least severity that is logged. */
public enum LogLevel {
  /** Steps inside of connections. */
  TRACE,
  /** Each connection. */
  DEBUG,
  /** Changes of state. */
  INFO,
  /** What somebody should look at. */
  WARN,
  /** What failed. */
  ERROR
}
