package io.harborgateway.listen;

import io.harborgateway.transport.TcpServer;
import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A listening socket whose connections are streams without a Netty channel. */
final class ListeningStream implements ListeningSocket {
  /** Makes the socket listen. */
  private interface Opening {
    TcpServer at(InetSocketAddress address) throws IOException;
  }

  private final IoEventLoop loop;
  private final Opening opening;
  private volatile @Nullable TcpServer server;

  private ListeningStream(IoEventLoop loop, Opening opening) {
    this.loop = loop;
    this.opening = opening;
  }

  /**
   * Returns an unbound socket.
   *
   * @param loop epoll loop on which the connections stay
   * @param isShared whether other sockets of this process listen on the same address
   */
  static ListeningStream unbound(IoEventLoop loop, boolean isShared, TcpServer.Callback acceptor) {
    return new ListeningStream(
        loop, address -> TcpServer.bind(loop, address, Listener.BACKLOG, isShared, acceptor));
  }

  /**
   * Returns a socket that listens already.
   *
   * @param loop epoll loop on which the connections stay
   */
  static ListeningStream of(
      FileDescriptor listening, IoEventLoop loop, TcpServer.Callback acceptor) {
    return new ListeningStream(loop, address -> TcpServer.adopt(loop, listening, acceptor));
  }

  @Override
  public Future<?> begin(InetSocketAddress address) {
    return loop.submit(() -> {
      TcpServer bound = opening.at(address);
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
  public int descriptor() {
    return Objects.requireNonNull(server, "bound").fd().intValue();
  }

  @Override
  public Future<?> end() {
    TcpServer bound = server;
    return bound == null ? loop.newSucceededFuture(null) : loop.submit(bound::stop);
  }
}
