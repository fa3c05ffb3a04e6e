package io.harborgateway.listen;

import io.harborgateway.http.HttpService;
import io.harborgateway.tcp.TcpService;
import io.harborgateway.tls.TlsService;
import io.harborgateway.transport.Buffers;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.util.function.Consumer;

/**
 * The path of a connection, by the protocol of its listener. The whole pipeline of a front
 * connection stands here:
 *
 * <pre>
 * https  sni (then tls) → handshake (then http1-front)
 * http   http1-front
 * tcp    tcp-front (then relay)
 * </pre>
 *
 * <p>That of an upstream connection is {@code [tls →] http1-upstream} or {@code [tls →] relay}.
 */
public final class ConnectionPath {
  static final String SNI = "sni";
  static final String HANDSHAKE = "handshake";
  static final String FRONT = "front";

  private ConnectionPath() {}

  /** Returns the path of connections that begin with TLS. */
  public static ChannelHandler https(TlsService tls, HttpService service) {
    return initializer(connection ->
        connection
            .pipeline()
            .addLast(SNI, tls.newSniRouter())
            .addLast(HANDSHAKE, tls.newHandshake(service::newFront)));
  }

  /** Returns the path of connections that speak HTTP in the clear. */
  public static ChannelHandler http(HttpService service) {
    return initializer(connection -> connection.pipeline().addLast(FRONT, service.newFront(null)));
  }

  /** Returns the path of connections that are forwarded as they are. */
  public static ChannelHandler tcp(TcpService service) {
    return initializer(connection -> connection.pipeline().addLast(FRONT, service.newFront()));
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
