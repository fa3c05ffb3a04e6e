package io.harborgateway.tls;

import javax.net.ssl.SSLHandshakeException;

/** Why a handshake is refused before it begins. Without a stack trace: clients cause it at will. */
final class HandshakeRefusedException extends SSLHandshakeException {
  private static final long serialVersionUID = 1;

  private final TlsAlert alert;

  HandshakeRefusedException(TlsAlert alert, String reason) {
    super(reason);
    this.alert = alert;
  }

  /** What the client is told. */
  TlsAlert alert() {
    return alert;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // there is nothing to write
  public Throwable fillInStackTrace() {
    return this;
  }
}
