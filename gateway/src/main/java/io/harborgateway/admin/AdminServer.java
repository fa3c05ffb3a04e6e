package io.harborgateway.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The admin endpoint as an HTTP/1.1 server: {@code GET} and {@code HEAD} of {@code /healthz} (200
 * while the process lives), {@code /readyz} (200 or 503, JSON with the reasons), {@code /metrics}
 * (Prometheus) and {@code /status} (JSON); {@code POST} of {@code /drain} and {@code /undrain}. It
 * has one event loop of its own, so that it answers when those of the data plane are busy, and
 * makes its answers on virtual threads.
 *
 * <p>{@link #start} and {@link #close} are for one thread.
 */
public final class AdminServer implements AutoCloseable {
  private final AdminResources resources;
  private @Nullable EventLoopGroup loop;
  private @Nullable ExecutorService workers;
  private @Nullable Channel listening;

  public AdminServer(AdminSources sources) {
    this.resources = new AdminResources(sources);
  }

  /**
   * Binds and serves.
   *
   * @param address port 0 takes a free one
   * @return the address that was bound
   * @throws IOException if it could not be bound; nothing is left open then
   */
  public InetSocketAddress start(InetSocketAddress address) throws IOException {
    if (loop != null) {
      throw new IllegalStateException("admin: started twice (expected: once)");
    }
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("admin", true), NioIoHandler.newFactory());
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admin-", 0).factory());
    loop = group;
    workers = executor;
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(new AdminInitializer(resources, executor))
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      close();
      throw new IOException(
          "admin: %s could not be bound: %s".formatted(address, bound.cause().getMessage()),
          bound.cause());
    }
    Channel channel = bound.channel();
    listening = channel;
    return (InetSocketAddress) channel.localAddress();
  }

  /** Closes the port and its connections; answers under way are lost. */
  @Override
  public void close() {
    // While its loop still runs: closed by the loop's own end, the socket was seen to stay open now
    // and then (about one of seven), with a port that accepted for nobody.
    if (listening != null) {
      listening.close().awaitUninterruptibly();
    }
    if (workers != null) {
      workers.shutdownNow();
    }
    if (loop != null) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}
