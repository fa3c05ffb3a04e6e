package io.harborgateway.config.values;

import java.util.Locale;

/** What becomes of X-Forwarded-Client-Cert, by gorouter's names. From strangers it is dropped. */
public enum ForwardedClientCert {
  /** Kept from a trusted proxy. */
  ALWAYS_FORWARD,
  /** Kept from a trusted proxy that has shown a certificate itself. */
  FORWARD,
  /** Kept from a trusted proxy; for any other client made of the certificate it has shown. */
  SANITIZE_SET;

  /** The name in gorouter's configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
