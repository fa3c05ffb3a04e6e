package io.harborgateway.listen;

import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.metrics.Meters;
import io.harborgateway.transport.DescriptorLimit;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes accepted connections from a listening channel: counts them against the limits, sets their
 * options, and registers them with an event loop. One beyond a limit is reset, which a router may
 * retry elsewhere. When the process is out of descriptors, accepting pauses for a second; the
 * connections wait in the kernel's queue.
 */
final class Acceptor extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
  private static final int PAUSE_SECONDS = 1;

  private final EventLoopGroup eventLoops;
  private final ChannelHandler initializer;
  private final boolean allowHalfClosure;
  private final ConnectionLimits limits;
  private final ListenerMeters meters;
  private final Meters allMeters;
  private final LogPace pauses = new LogPace();
  private final LogPace refusals = new LogPace();

  Acceptor(
      EventLoopGroup eventLoops,
      ChannelHandler initializer,
      boolean allowHalfClosure,
      ConnectionLimits limits,
      ListenerMeters meters,
      Meters allMeters) {
    this.eventLoops = eventLoops;
    this.initializer = initializer;
    this.allowHalfClosure = allowHalfClosure;
    this.limits = limits;
    this.meters = meters;
    this.allMeters = allMeters;
    // Loaded now, because out of descriptors a class can't be read from its file any more.
    LOG.trace("descriptors: exhausted={}", DescriptorLimit.caused(new IOException()));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel connection = (Channel) message;
    if (!(connection.remoteAddress() instanceof InetSocketAddress remote)) {
      connection.unsafe().closeForcibly(); // the client has gone while it waited in the queue
      return;
    }
    InetAddress client = remote.getAddress();
    String limit = limits.acquire(client);
    if (limit != null) {
      refuse(connection, client, limit);
      return;
    }
    meters.connectionOpened();
    connection
        .closeFuture()
        .addListener(closed -> {
          limits.release(client);
          meters.connectionClosed();
        });
    connection.config().setAutoRead(false);
    connection.config().setOption(ChannelOption.TCP_NODELAY, true);
    connection.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, allowHalfClosure);
    connection.pipeline().addLast(initializer);
    eventLoops
        .register(connection)
        .addListener((ChannelFuture registered) -> {
          if (!registered.isSuccess()) {
            connection.unsafe().closeForcibly();
          }
        });
  }

  private void refuse(Channel connection, InetAddress client, String limit) {
    meters.connectionRefused(limit);
    if (refusals.isDue()) {
      LOG.warn("connections refused: limit={} client={}", limit, client.getHostAddress());
    }
    connection.config().setOption(ChannelOption.SO_LINGER, 0);
    connection.unsafe().closeForcibly();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    boolean outOfDescriptors = DescriptorLimit.caused(cause);
    if (pauses.isDue()) {
      LOG.error(
          "accepting paused: {}",
          outOfDescriptors ? "out of file descriptors" : String.valueOf(cause));
    }
    allMeters.acceptPaused();
    ctx.channel().config().setAutoRead(false);
    ctx.executor()
        .schedule(() -> ctx.channel().config().setAutoRead(true), PAUSE_SECONDS, TimeUnit.SECONDS);
  }
}
