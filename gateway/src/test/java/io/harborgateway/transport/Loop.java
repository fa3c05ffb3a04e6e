package io.harborgateway.transport;

import io.harborgateway.testkit.Await;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** One event loop with real sockets, as handlers have it that need two channels on one loop. */
public final class Loop implements AutoCloseable {
  private final Transport transport;
  private final EventLoopGroup group;

  /** Starts the loop. */
  public Loop(Transport transport) {
    this.transport = transport;
    this.group = transport.newEventLoops(1, "test");
  }

  /** Returns the loop. */
  public IoEventLoop loop() {
    return (IoEventLoop) group.next();
  }

  /** A connection: the loop's side, and the peer's as a blocking socket. */
  public record Connection(Channel channel, Socket peer) implements AutoCloseable {
    @Override
    public void close() throws Exception {
      peer.close();
      channel.close().await(10, TimeUnit.SECONDS);
    }
  }

  /** Makes a connection with auto-read off and half-closure allowed, without handlers. */
  public Connection connect() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Channel channel =
          new Bootstrap()
              .group(group)
              .channelFactory(transport.dialledChannels())
              .option(ChannelOption.AUTO_READ, false)
              .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
              .handler(new Nothing())
              .connect(server.getLocalSocketAddress())
              .sync()
              .channel();
      var peer = server.accept();
      peer.setSoTimeout(10_000);
      return new Connection(channel, peer);
    }
  }

  /** Runs a task on the loop, and returns its result. */
  public <T> T call(Callable<T> task) throws Exception {
    return loop().submit(task).get(10, TimeUnit.SECONDS);
  }

  /** Runs a task on the loop. */
  public void run(Runnable task) throws Exception {
    loop().submit(task).get(10, TimeUnit.SECONDS);
  }

  /** Waits until the condition holds on the loop. */
  public void await(String what, Callable<Boolean> condition) {
    Await.until(what, () -> call(condition));
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }

  @ChannelHandler.Sharable
  private static final class Nothing extends ChannelInboundHandlerAdapter {}
}
