package io.harborgateway.listen;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/** A listening socket whose connections are Netty channels. */
final class ListeningChannel implements ListeningSocket {
  private final ServerChannel channel;
  private final EventLoopGroup eventLoops;

  /**
   * Creates an unbound socket.
   *
   * @param eventLoops event loops, on one of which it listens
   * @param isShared whether other sockets of this process listen on the same address
   */
  ListeningChannel(
      ServerChannel channel, EventLoopGroup eventLoops, boolean isShared, ChannelHandler acceptor) {
    this.channel = channel;
    this.eventLoops = eventLoops;
    channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
    channel.config().setOption(ChannelOption.SO_BACKLOG, Listener.BACKLOG);
    if (isShared) {
      channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
    }
    channel.pipeline().addLast(acceptor);
  }

  @Override
  public Future<?> begin(InetSocketAddress address) {
    eventLoops.register(channel);
    return channel
        .bind(address)
        .addListener((ChannelFuture bound) -> {
          if (!bound.isSuccess()) {
            channel.close();
          }
        });
  }

  @Override
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) channel.localAddress();
  }

  @Override
  public Future<?> end() {
    return channel.close();
  }
}
