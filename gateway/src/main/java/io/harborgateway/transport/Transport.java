package io.harborgateway.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** How sockets are driven: Linux epoll where its native library loads, otherwise the JDK's NIO. */
public enum Transport {
  EPOLL,
  NIO;

  /** Returns the fastest transport that works on this machine. */
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /**
   * Returns a new group of event loops, one thread each, named {@code name-N}.
   *
   * @param threads number of event loops, 1 or more
   */
  public EventLoopGroup newEventLoops(int threads, String name) {
    var threadFactory = new DefaultThreadFactory(name, false, Thread.NORM_PRIORITY);
    return switch (this) {
      case EPOLL -> new MultiThreadIoEventLoopGroup(threads, threadFactory, new EpollHandlers());
      case NIO ->
          new MultiThreadIoEventLoopGroup(threads, threadFactory, NioIoHandler.newFactory());
    };
  }

  /** Returns the factory of listening channels, for event loops of this transport. */
  public ChannelFactory<ServerChannel> serverChannels() {
    return this == EPOLL ? EpollServerSocketChannel::new : NioServerSocketChannel::new;
  }

  /** Returns the factory of dialled channels, for event loops of this transport. */
  public ChannelFactory<Channel> dialledChannels() {
    return this == EPOLL ? EpollSocketChannel::new : NioSocketChannel::new;
  }
}
