package io.harborgateway.upstream;

import io.harborgateway.transport.Buffers;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One dial of an upstream, up to a TCP connection and TLS handshake with one of its addresses: an
 * attempt wins the race only with both, as RFC 8305 section 5 allows, because a server that accepts
 * and then stays silent is of no use. No part of a request is sent before that, so a failure at one
 * address costs only time. Confined to its event loop.
 */
final class Dial extends DialRace<Channel> {
  private static final String TLS_HANDLER = "tls";

  private final ChannelFactory<Channel> channels;
  private final EventLoop loop;
  private final boolean allowHalfClosure;
  private final Connector.Callback callback;

  Dial(
      ChannelFactory<Channel> channels,
      EventLoop loop,
      Upstream upstream,
      boolean allowHalfClosure,
      Connector.Callback callback) {
    super(loop, upstream);
    this.channels = channels;
    this.loop = loop;
    this.allowHalfClosure = allowHalfClosure;
    this.callback = callback;
  }

  @Override
  Attempt attempt(InetSocketAddress address) {
    return new ChannelAttempt(address);
  }

  @Override
  void won(Channel channel) {
    callback.dialled(channel);
  }

  @Override
  void lost(DialException failure) {
    callback.dialFailed(failure.failure(), failure);
  }

  private final class ChannelAttempt extends Attempt implements ChannelFutureListener {
    private @Nullable Channel channel; // null: could not be opened

    ChannelAttempt(InetSocketAddress address) {
      super(address);
    }

    @Override
    void begin() {
      Channel opened;
      try {
        opened = channels.newChannel();
      } catch (RuntimeException e) {
        failed(e);
        return;
      }
      channel = opened;
      configure(opened.config());
      loop.register(opened);
      opened.connect(address()).addListener(this);
    }

    /** Configures the channel. TCP_NODELAY is not needed: Netty sets it on every channel. */
    private void configure(ChannelConfig config) {
      config.setAutoRead(false);
      Buffers.use(config);
      config.setConnectTimeoutMillis((int) limit().toMillis());
      config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, allowHalfClosure);
      // A response may be in the receive buffer although the upstream has stopped reading the
      // request: a failed write must not close the connection before the response is read.
      config.setAutoClose(false);
    }

    @Override
    public void operationComplete(ChannelFuture connected) {
      if (!isRunning()) {
        return; // closed by abandon()
      }
      if (connected.isSuccess()) {
        connected(connected.channel());
      } else {
        failed(connected.channel(), connected.cause());
      }
    }

    private void connected(Channel there) {
      Upstream.Settings settings = upstream().settings();
      if (settings.tls() == null) {
        succeeded(there);
        return;
      }
      handshakes();
      SslHandler tls = UpstreamTls.newHandler(settings.tls(), there.alloc(), settings);
      tls.setHandshakeTimeout(rest().toMillis(), TimeUnit.MILLISECONDS);
      var unhandled = new HandshakeFailures();
      tls.handshakeFuture()
          .addListener(handshake -> {
            if (!isRunning()) {
              return;
            }
            if (handshake.isSuccess()) {
              there.pipeline().remove(unhandled);
              succeeded(there);
            } else {
              failed(there, ClientCertificate.explained(tls.engine(), handshake.cause()));
            }
          });
      there.pipeline().addLast(TLS_HANDLER, tls).addLast(unhandled);
      there.read();
    }

    private void failed(Channel broken, Throwable cause) {
      broken.close();
      failed(cause);
    }

    @Override
    void abandon() {
      if (channel != null) {
        channel.close();
      }
    }
  }

  /** Keeps a handshake failure, which its future reports, from being logged as unhandled. */
  private static final class HandshakeFailures extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
