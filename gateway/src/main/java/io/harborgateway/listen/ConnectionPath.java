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

  /** The first handler of a connection, which adds those of the path and is gone. */
  ChannelHandler initializer() {
    return initializer;
  }

  /** Whether a FIN of the client leaves the other direction open. */
  boolean allowsHalfClosure() {
    return allowHalfClosure;
  }

  /** What takes a connection on epoll in the place of a pipeline; null where there is one. */
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
