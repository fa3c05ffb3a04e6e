package io.harborgateway.listen;

import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/** A listening socket of a {@link Listener}, which has one for each event loop on epoll. */
interface ListeningSocket {
  /**
   * Binds, unless it listens already, and begins to accept.
   *
   * @return completes when it accepts, or fails with the cause; then it is closed
   */
  Future<?> begin(InetSocketAddress address);

  /** Returns the address it listens on, once it {@linkplain #begin has begun}. */
  InetSocketAddress localAddress();

  /** Returns the number of its descriptor, once it has begun; -1: not known. */
  int descriptor();

  /** Stops accepting; open connections are unaffected. Completes when the socket is closed. */
  Future<?> end();
}
