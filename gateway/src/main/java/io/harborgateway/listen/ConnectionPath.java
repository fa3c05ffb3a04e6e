package io.harborgateway.listen;

import io.harborgateway.http.HttpService;
import io.harborgateway.tcp.TcpService;
import io.harborgateway.tls.TlsService;
import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.TcpStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The path of a connection, by its listener's protocol. This is the whole pipeline of a front
 * connection:
 *
 * <pre>
 * https  sni (then tls) → handshake (then http1-front)
 * http   http1-front
 * tcp    none on epoll, where a stream is forwarded; otherwise tcp-front (then relay)
 * </pre>
 *
 * <p>The pipeline of an upstream connection is {@code [tls →] http1-upstream} or {@code [tls →]
 * relay}.
 */
public final class ConnectionPath {
  static final String SNI = "sni";
  static final String HANDSHAKE = "handshake";
  static final String FRONT = "front";

  private final ChannelHandler initializer;
  private final boolean allowHalfClosure;
  private final @Nullable Consumer<TcpStream> streams;

  ConnectionPath(
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

  /** Returns the path of cleartext HTTP connections. */
  public static ConnectionPath http(HttpService service) {
    return new ConnectionPath(
        initializer(
            connection -> connection.pipeline().addLast(FRONT, service.fronts().apply(null, null))),
        false,
        null);
  }

  /** Returns the path of connections forwarded as they are, including half-closes. */
  public static ConnectionPath tcp(TcpService service) {
    return new ConnectionPath(
        initializer(connection -> connection.pipeline().addLast(FRONT, service.newFront())),
        true,
        service::forward);
  }

  /** The first handler of a connection, which adds the path's handlers and removes itself. */
  ChannelHandler initializer() {
    return initializer;
  }

  /** Whether a FIN of the client leaves the other direction open. */
  boolean allowsHalfClosure() {
    return allowHalfClosure;
  }

  /** The consumer of a connection on epoll that has no pipeline; null if it has one. */
  @Nullable Consumer<TcpStream> streams() {
    return streams;
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
