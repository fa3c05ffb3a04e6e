package io.harborgateway.transport;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;

/**
 * Half-closes TLS: ends our direction while the peer may go on sending (RFC 8446 section 6.1).
 *
 * <p>Does not use Netty's {@link SslHandler#closeOutbound}, after which its engine treats the other
 * direction as closed as well (seen with 4.2.18): the handler's close future completes although the
 * peer has sent no close_notify, a RST from the peer is swallowed, and part of a record larger than
 * one read stays in the engine and is lost.
 */
final class CloseNotify {
  private CloseNotify() {}

  /**
   * Makes the engine produce a close_notify, which goes out with the next flush. Everything written
   * before must have been flushed to the handler, and nothing may be written afterwards.
   */
  static void add(SslHandler tls) {
    var engine = (ReferenceCountedOpenSslEngine) tls.engine();
    long ssl = engine.isOutboundDone() ? 0 : engine.sslPointer();
    if (ssl == 0 || (SSL.getShutdown(ssl) & SSL.SSL_SENT_SHUTDOWN) != 0) {
      return; // already sent, in answer to the peer's
    }
    if (SSL.shutdownSSL(ssl) < 0) {
      SSL.clearError();
    }
  }
}
