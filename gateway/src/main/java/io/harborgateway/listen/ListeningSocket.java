package io.harborgateway.listen;

import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/** A listening socket of a {@link Listener}, which has one for each event loop on epoll. */
interface ListeningSocket {
  /**
   * Binds and begins to accept.
   *
   * @return completes when it accepts, or with what it failed by; then it is closed
   */
  Future<?> begin(InetSocketAddress address);

  /** Returns where it listens; once it {@linkplain #begin began}. */
  InetSocketAddress localAddress();

  /** Stops accepting; open connections are not touched. Completes when the socket is closed. */
  Future<?> end();
}
