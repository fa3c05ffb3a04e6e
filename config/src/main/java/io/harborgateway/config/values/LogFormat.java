package io.harborgateway.config.values;

/** The format of the process's log lines. */
public enum LogFormat {
  /** Human-readable text. */
  TEXT,
  /** One JSON object per line. */
  JSON
}
