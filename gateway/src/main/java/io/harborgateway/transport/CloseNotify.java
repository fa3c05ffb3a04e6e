package io.harborgateway.transport;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;

/**
 * The end of what is sent over TLS, while the peer may go on sending (RFC 8446 section 6.1).
 *
 * <p>Not by Netty's {@link SslHandler#closeOutbound}, from which on its engine takes the other
 * direction for closed as well (seen with 4.2.18): the handler's close future completes although
 * the peer has sent no close_notify, a RST of the peer is swallowed, and of a record larger than
 * one read a part stays in the engine and is lost.
 */
final class CloseNotify {
  private CloseNotify() {}

  /**
   * Has the engine send a close_notify, which the next flush takes along. Everything written before
   * must have been flushed to the handler, and nothing may be written afterwards.
   */
  static void add(SslHandler tls) {
    var engine = (ReferenceCountedOpenSslEngine) tls.engine();
    long ssl = engine.isOutboundDone() ? 0 : engine.sslPointer();
    if (ssl == 0 || (SSL.getShutdown(ssl) & SSL.SSL_SENT_SHUTDOWN) != 0) {
      return; // it has gone already: as the answer to the peer's
    }
    if (SSL.shutdownSSL(ssl) < 0) {
      SSL.clearError();
    }
  }
}
