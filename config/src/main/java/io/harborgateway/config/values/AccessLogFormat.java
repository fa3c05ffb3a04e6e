package io.harborgateway.config.values;

/** The format of the access log. */
public enum AccessLogFormat {
  /** No access log, at no cost. */
  OFF,
  /** Like the combined format of httpd and nginx. */
  COMBINED,
  /** One JSON object per line. */
  JSON
}
