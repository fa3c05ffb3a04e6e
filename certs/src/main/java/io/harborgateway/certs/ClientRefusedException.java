package io.harborgateway.certs;

import java.security.cert.CertificateException;

/**
 * Thrown if a client's certificate is refused. Has no stack trace: clients can cause it at will.
 */
public final class ClientRefusedException extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final ClientRefusal refusal;

  ClientRefusedException(ClientRefusal refusal, String message) {
    super(message);
    this.refusal = refusal;
  }

  public ClientRefusal refusal() {
    return refusal;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // there is nothing to write
  public Throwable fillInStackTrace() {
    return this;
  }
}
