package io.harborgateway.listen;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/** A listening socket whose connections are Netty channels. */
final class ListeningChannel implements ListeningSocket {
  private final ServerChannel channel;
  private final EventLoopGroup eventLoops;

  private ListeningChannel(
      ServerChannel channel, EventLoopGroup eventLoops, ChannelHandler acceptor) {
    this.channel = channel;
    this.eventLoops = eventLoops;
    channel.pipeline().addLast(acceptor);
  }

  /**
   * Returns an unbound socket.
   *
   * @param eventLoops event loops, on one of which it listens
   * @param isShared whether other sockets of this process listen on the same address
   */
  static ListeningChannel unbound(
      ServerChannel channel, EventLoopGroup eventLoops, boolean isShared, ChannelHandler acceptor) {
    channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
    channel.config().setOption(ChannelOption.SO_BACKLOG, Listener.BACKLOG);
    if (isShared) {
      channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
    }
    return new ListeningChannel(channel, eventLoops, acceptor);
  }

  /**
   * Returns a socket that listens already.
   *
   * @param loop epoll loop on which the connections stay
   */
  static ListeningChannel of(FileDescriptor listening, EventLoop loop, ChannelHandler acceptor) {
    return new ListeningChannel(new EpollServerSocketChannel(listening.intValue()), loop, acceptor);
  }

  @Override
  public Future<?> begin(InetSocketAddress address) {
    ChannelFuture begun = eventLoops.register(channel);
    if (!channel.isActive()) {
      begun = channel.bind(address);
    }
    return begun.addListener((ChannelFuture done) -> {
      if (!done.isSuccess()) {
        channel.close();
      }
    });
  }

  @Override
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) channel.localAddress();
  }

  @Override
  public int descriptor() {
    return channel instanceof UnixChannel unix ? unix.fd().intValue() : -1;
  }

  @Override
  public Future<?> end() {
    return channel.close();
  }
}
