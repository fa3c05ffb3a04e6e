package io.harborgateway.benchmarks.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP server that costs little: {@code GET /bytes/N} is answered with N bytes, {@code GET
 * /hold/N} when N such requests wait, a PUT with the number of its bytes when all have come. Runs
 * on an event loop of its own.
 */
public final class Backend implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final Channel channel;

  /** Connections whose request waits; confined to the event loop. */
  private final List<Runnable> held = new ArrayList<>();

  /** Listens on this port of 127.0.0.1; 0 takes any. */
  public Backend(int port) {
    channel =
        new ServerBootstrap()
            .group(loops)
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(256 << 10))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    accepted.pipeline().addLast(new BackendHandler(Backend.this));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .syncUninterruptibly()
            .channel();
  }

  /** Returns where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** Runs the answers as soon as there are so many. */
  void hold(int until, Runnable answer) {
    held.add(answer);
    if (held.size() >= until) {
      List<Runnable> answers = List.copyOf(held);
      held.clear();
      answers.forEach(Runnable::run);
    }
  }

  @Override
  public void close() throws InterruptedException {
    // The end of the event loop alone leaves the listening socket open for a moment.
    channel.close().await(1, TimeUnit.SECONDS);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(2, TimeUnit.SECONDS);
  }
}
