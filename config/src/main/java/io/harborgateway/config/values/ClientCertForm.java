package io.harborgateway.config.values;

/** How X-Forwarded-Client-Cert is written. */
public enum ClientCertForm {
  /** The certificate in base64, as gorouter does. */
  RAW,
  /** {@code Hash=…;Subject="…"}, as Envoy does. */
  ENVOY
}
