package io.harborgateway.certs;

import org.jspecify.annotations.Nullable;

/**
 * A certificate, key, name or file that cannot be used. The message is for the operator: {@code
 * where: found (expected …)}. It never holds key material.
 */
public final class CertificateProblem extends Exception {
  /**
   * @param message {@code where: found (expected …)}
   */
  public CertificateProblem(String message) {
    this(message, null);
  }

  CertificateProblem(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
