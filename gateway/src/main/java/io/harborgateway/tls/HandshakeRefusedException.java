package io.harborgateway.tls;

import javax.net.ssl.SSLHandshakeException;

/**
 * Thrown to refuse a handshake before it begins. Has no stack trace: clients can cause it at will.
 */
final class HandshakeRefusedException extends SSLHandshakeException {
  private static final long serialVersionUID = 1;

  private final TlsAlert alert;

  HandshakeRefusedException(TlsAlert alert, String reason) {
    super(reason);
    this.alert = alert;
  }

  /** The alert to send to the client. */
  TlsAlert alert() {
    return alert;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // there is nothing to write
  public Throwable fillInStackTrace() {
    return this;
  }
}
