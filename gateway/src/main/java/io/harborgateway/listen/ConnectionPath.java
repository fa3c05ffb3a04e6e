package io.harborgateway.listen;

import io.harborgateway.http.HttpService;
import io.harborgateway.tcp.TcpService;
import io.harborgateway.tls.TlsService;
import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.TcpStream;
import io.harborgateway.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The path of a connection, by the protocol of its listener. The whole pipeline of a front
 * connection stands here:
 *
 * <pre>
 * https  sni (then tls) → handshake (then http1-front)
 * http   http1-front
 * tcp    none on epoll, where a stream is forwarded; else tcp-front (then relay)
 * </pre>
 *
 * <p>That of an upstream connection is {@code [tls →] http1-upstream} or {@code [tls →] relay}.
 */
public final class ConnectionPath {
  static final String SNI = "sni";
  static final String HANDSHAKE = "handshake";
  static final String FRONT = "front";

  private final ChannelHandler initializer;
  private final boolean allowHalfClosure;
  private final @Nullable Consumer<TcpStream> streams;

  private ConnectionPath(
      ChannelHandler initializer, boolean allowHalfClosure, @Nullable Consumer<TcpStream> streams) {
    this.initializer = initializer;
    this.allowHalfClosure = allowHalfClosure;
    this.streams = streams;
  }

  /** Returns the path of connections that begin with TLS. */
  public static ConnectionPath https(TlsService tls, HttpService service) {
    return new ConnectionPath(
        initializer(connection ->
            connection
                .pipeline()
                .addLast(SNI, tls.newSniRouter())
                .addLast(HANDSHAKE, tls.newHandshake(service.fronts()))),
        false,
        null);
  }

  /** Returns the path of connections that speak HTTP in the clear. */
  public static ConnectionPath http(HttpService service) {
    return new ConnectionPath(
        initializer(
            connection -> connection.pipeline().addLast(FRONT, service.fronts().apply(null))),
        false,
        null);
  }

  /** Returns the path of connections that are forwarded as they are, their half-closes too. */
  public static ConnectionPath tcp(TcpService service) {
    return new ConnectionPath(
        initializer(connection -> connection.pipeline().addLast(FRONT, service.newFront())),
        true,
        service::forward);
  }

  /**
   * Returns an unbound socket on {@code loop}, of epoll, on which its connections stay.
   *
   * @param isShared whether other event loops have such a socket, too
   */
  ListeningSocket listening(IoEventLoop loop, boolean isShared, Admission admission) {
    if (streams != null) {
      return new ListeningStream(loop, isShared, new StreamAcceptor(streams, admission));
    }
    var acceptor = new Acceptor(loop, initializer, allowHalfClosure, admission);
    return new ListeningChannel(
        Transport.EPOLL.serverChannels().newChannel(), loop, isShared, acceptor);
  }

  /** Returns an unbound socket whose connections are dealt out among the event loops. */
  ListeningSocket listening(Transport transport, EventLoopGroup eventLoops, Admission admission) {
    var acceptor = new Acceptor(eventLoops, initializer, allowHalfClosure, admission);
    return new ListeningChannel(
        transport.serverChannels().newChannel(), eventLoops, false, acceptor);
  }

  private static ChannelHandler initializer(Consumer<Channel> path) {
    return new ChannelInitializer<>() {
      @Override
      public boolean isSharable() {
        return true;
      }

      @Override
      protected void initChannel(Channel connection) {
        Buffers.use(connection.config());
        path.accept(connection);
      }
    };
  }
}
