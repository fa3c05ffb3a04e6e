package io.harborgateway.config.values;

/** The form of the log lines of the process. */
public enum LogFormat {
  /** For people. */
  TEXT,
  /** One JSON object a line. */
  JSON
}
