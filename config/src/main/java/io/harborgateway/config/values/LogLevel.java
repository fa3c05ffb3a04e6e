package io.harborgateway.config.values;

/** The least severity that is logged. */
public enum LogLevel {
  /** Steps within a connection. */
  TRACE,
  /** Each connection. */
  DEBUG,
  /** Changes of state. */
  INFO,
  /** Conditions that someone should look at. */
  WARN,
  /** Failures. */
  ERROR
}
