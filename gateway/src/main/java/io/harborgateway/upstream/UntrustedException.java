package io.harborgateway.upstream;

import java.security.cert.CertificateException;

/** Thrown if an upstream's certificate is not trusted, for a reason that has a name. */
final class UntrustedException extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final TlsFault fault;

  UntrustedException(TlsFault fault, String message) {
    super(message);
    this.fault = fault;
  }

  UntrustedException(TlsFault fault, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
  }

  TlsFault fault() {
    return fault;
  }
}
