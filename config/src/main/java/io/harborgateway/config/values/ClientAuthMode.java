package io.harborgateway.config.values;

/** Whether clients without a certificate are served. */
public enum ClientAuthMode {
  /** They are; one that shows a bad certificate is not. */
  REQUEST,
  /** They are not. */
  REQUIRE
}
