package io.harborgateway.listen;

import io.harborgateway.transport.TcpServer;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A listening socket whose connections are streams without a Netty channel. */
final class ListeningStream implements ListeningSocket {
  private final IoEventLoop loop;
  private final boolean isShared;
  private final TcpServer.Callback acceptor;
  private volatile @Nullable TcpServer server;

  /**
   * Creates an unbound socket.
   *
   * @param loop epoll loop on which the connections stay
   * @param isShared whether other sockets of this process listen on the same address
   */
  ListeningStream(IoEventLoop loop, boolean isShared, TcpServer.Callback acceptor) {
    this.loop = loop;
    this.isShared = isShared;
    this.acceptor = acceptor;
  }

  @Override
  public Future<?> begin(InetSocketAddress address) {
    return loop.submit(() -> {
      TcpServer bound = TcpServer.bind(loop, address, Listener.BACKLOG, isShared, acceptor);
      try {
        bound.start();
      } catch (IOException e) {
        bound.close();
        throw e;
      }
      server = bound;
      return bound;
    });
  }

  @Override
  public InetSocketAddress localAddress() {
    return Objects.requireNonNull(server, "bound").localAddress();
  }

  @Override
  public Future<?> end() {
    TcpServer bound = server;
    return bound == null ? loop.newSucceededFuture(null) : loop.submit(bound::stop);
  }
}
