package io.harborgateway.listen;

import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/** A listening socket of a {@link Listener}, which has one for each event loop on epoll. */
interface ListeningSocket {
  /**
   * Binds and begins to accept.
   *
   * @return completes when it accepts, or fails with the cause; then it is closed
   */
  Future<?> begin(InetSocketAddress address);

  /** Returns the address it listens on, once it {@linkplain #begin has begun}. */
  InetSocketAddress localAddress();

  /** Stops accepting; open connections are unaffected. Completes when the socket is closed. */
  Future<?> end();
}
