package io.harborgateway.upstream;

import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Dials upstreams. Safe for use by any event loop. */
public final class Connector {
  /** Told exactly once for each dial, on the event loop of the dial. */
  public interface Listener {
    /**
     * The connection is there, its TLS handshake done. The channel has auto-read off and no handler
     * but that of TLS; the listener owns it from here on.
     */
    void dialled(Channel channel);

    void dialFailed(DialFailure failure, Throwable cause);
  }

  private static final String TLS_HANDLER = "tls";

  private final Transport transport;

  public Connector(Transport transport) {
    this.transport = transport;
  }

  /**
   * Dials {@code upstream} on {@code loop}, which must be the caller's.
   *
   * @param allowHalfClosure whether a FIN of the upstream leaves the other direction open
   */
  public void dial(EventLoop loop, Upstream upstream, boolean allowHalfClosure, Listener listener) {
    assert loop.inEventLoop();
    InetSocketAddress address = upstream.address();
    if (address == null) {
      var cause = new ConnectException(upstream + ": the host name was not resolved");
      listener.dialFailed(DialFailure.REFUSED, cause);
      return;
    }
    Channel channel;
    try {
      channel = transport.dialledChannels().newChannel();
    } catch (RuntimeException e) {
      listener.dialFailed(DialFailure.of(e), e);
      return;
    }
    configure(channel.config(), upstream, allowHalfClosure);
    loop.register(channel);
    channel
        .connect(address)
        .addListener((ChannelFuture connected) -> connected(connected, upstream, listener));
  }

  private static void configure(ChannelConfig config, Upstream upstream, boolean halfClosure) {
    config.setAutoRead(false);
    Buffers.use(config);
    config.setConnectTimeoutMillis((int) upstream.settings().connectTimeout().toMillis());
    config.setOption(ChannelOption.TCP_NODELAY, true);
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure);
    // A response may wait in the receive buffer although the upstream takes no more of the request:
    // a failed write must not close the connection before it is read.
    config.setAutoClose(false);
  }

  private static void connected(ChannelFuture connected, Upstream upstream, Listener listener) {
    Channel channel = connected.channel();
    if (!connected.isSuccess()) {
      channel.close();
      listener.dialFailed(DialFailure.of(connected.cause()), connected.cause());
      return;
    }
    Upstream.Settings settings = upstream.settings();
    if (settings.tls() == null) {
      listener.dialled(channel);
      return;
    }
    SslHandler tls =
        settings.tls().newHandler(channel.alloc(), settings.serverName(), settings.port());
    tls.setHandshakeTimeout(settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
    var failures = new HandshakeFailures();
    tls.handshakeFuture()
        .addListener(handshake -> {
          if (handshake.isSuccess()) {
            channel.pipeline().remove(failures);
            listener.dialled(channel);
          } else {
            channel.close();
            DialFailure failure = DialFailure.of(handshake.cause());
            // Whatever breaks a handshake that is not its time limit is a failure of TLS.
            listener.dialFailed(
                failure == DialFailure.REFUSED ? DialFailure.TLS : failure, handshake.cause());
          }
        });
    channel.pipeline().addLast(TLS_HANDLER, tls).addLast(failures);
    channel.read();
  }

  /** Keeps a handshake's failure, which its future tells, from being logged as unhandled. */
  private static final class HandshakeFailures extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
