package io.harborgateway.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Takes accepted connections from a listening channel: counts them against the limits, sets their
 * options, and registers them with an event loop. A connection beyond a limit is reset, which a
 * router may retry elsewhere. When the process is out of file descriptors, accepting pauses for a
 * second; connections wait in the kernel's queue.
 */
final class Acceptor extends ChannelInboundHandlerAdapter {
  private final EventLoopGroup eventLoops;
  private final Supplier<ConnectionPath> path;
  private final Admission admission;

  /**
   * Creates the handler of one listening channel.
   *
   * @param eventLoops event loops of the connections; just the listening channel's own if its
   *     connections stay there
   * @param path returns the path of the next connection
   */
  Acceptor(EventLoopGroup eventLoops, Supplier<ConnectionPath> path, Admission admission) {
    this.eventLoops = eventLoops;
    this.path = path;
    this.admission = admission;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel connection = (Channel) message;
    if (!(connection.remoteAddress() instanceof InetSocketAddress remote)) {
      connection.unsafe().closeForcibly(); // the client has left while waiting in the queue
      return;
    }
    InetAddress client = remote.getAddress();
    String limit = admission.admit(client);
    if (limit != null) {
      admission.refused(limit, client);
      connection.config().setOption(ChannelOption.SO_LINGER, 0);
      connection.unsafe().closeForcibly();
      return;
    }
    connection.closeFuture().addListener(closed -> admission.closed(client));
    ConnectionPath now = path.get();
    // Netty has already set TCP_NODELAY.
    connection.config().setAutoRead(false);
    connection.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, now.allowsHalfClosure());
    connection.pipeline().addLast(now.initializer());
    eventLoops
        .register(connection)
        .addListener((ChannelFuture registered) -> {
          if (!registered.isSuccess()) {
            connection.unsafe().closeForcibly();
          }
        });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    admission.paused(cause);
    ctx.channel().config().setAutoRead(false);
    ctx.executor()
        .schedule(
            () -> ctx.channel().config().setAutoRead(true),
            Admission.PAUSE_SECONDS,
            TimeUnit.SECONDS);
  }
}
