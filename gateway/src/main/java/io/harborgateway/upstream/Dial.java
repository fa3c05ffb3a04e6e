package io.harborgateway.upstream;

import io.harborgateway.transport.Buffers;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One dial of an upstream: its addresses in turn, until at one of them the connection is there and
 * its TLS handshake done. Nothing of a request is sent before that, so a failure at one address
 * costs its time only. Confined to its event loop.
 */
final class Dial {
  private static final String TLS_HANDLER = "tls";

  private final ChannelFactory<Channel> channels;
  private final EventLoop loop;
  private final Upstream upstream;
  private final boolean allowHalfClosure;
  private final Connector.Callback callback;
  private final List<InetSocketAddress> addresses;
  private final Duration limit;
  private final List<DialException> failures = new ArrayList<>(1);

  Dial(
      ChannelFactory<Channel> channels,
      EventLoop loop,
      Upstream upstream,
      boolean allowHalfClosure,
      Connector.Callback callback) {
    this.channels = channels;
    this.loop = loop;
    this.upstream = upstream;
    this.allowHalfClosure = allowHalfClosure;
    this.callback = callback;
    this.addresses = upstream.addresses();
    this.limit = upstream.dialLimit(addresses.size());
  }

  void start() {
    if (addresses.isEmpty()) {
      callback.dialFailed(DialFailure.REFUSED, DialException.notResolved(upstream));
    } else {
      next();
    }
  }

  private void next() {
    InetSocketAddress address = addresses.get(failures.size());
    Channel channel;
    try {
      channel = channels.newChannel();
    } catch (RuntimeException e) {
      failedAt(address, e, false);
      return;
    }
    configure(channel.config());
    loop.register(channel);
    channel
        .connect(address)
        .addListener((ChannelFuture connected) -> {
          if (connected.isSuccess()) {
            connected(channel, address);
          } else {
            channel.close();
            failedAt(address, connected.cause(), false);
          }
        });
  }

  /** TCP_NODELAY is not among these: Netty sets it by itself on every channel. */
  private void configure(ChannelConfig config) {
    config.setAutoRead(false);
    Buffers.use(config);
    config.setConnectTimeoutMillis((int) limit.toMillis());
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, allowHalfClosure);
    // A response may wait in the receive buffer although the upstream takes no more of the request:
    // a failed write must not close the connection before it is read.
    config.setAutoClose(false);
  }

  private void connected(Channel channel, InetSocketAddress address) {
    Upstream.Settings settings = upstream.settings();
    if (settings.tls() == null) {
      dialled(channel, address);
      return;
    }
    SslHandler tls = UpstreamTls.newHandler(settings.tls(), channel.alloc(), settings);
    tls.setHandshakeTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
    var unhandled = new HandshakeFailures();
    tls.handshakeFuture()
        .addListener(handshake -> {
          if (handshake.isSuccess()) {
            channel.pipeline().remove(unhandled);
            dialled(channel, address);
          } else {
            channel.close();
            failedAt(address, handshake.cause(), true);
          }
        });
    channel.pipeline().addLast(TLS_HANDLER, tls).addLast(unhandled);
    channel.read();
  }

  private void dialled(Channel channel, InetSocketAddress address) {
    upstream.answered(address);
    callback.dialled(channel);
  }

  private void failedAt(InetSocketAddress address, Throwable cause, boolean handshake) {
    failures.add(DialException.of(upstream, address, cause, limit, handshake));
    boolean pointless = failures.getLast().failure() == DialFailure.RESOURCES;
    if (!pointless && failures.size() < addresses.size()) {
      next();
      return;
    }
    DialException failure = DialException.of(failures);
    callback.dialFailed(failure.failure(), failure);
  }

  /** Keeps a handshake's failure, which its future tells, from being logged as unhandled. */
  private static final class HandshakeFailures extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
