package io.harborgateway.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose request takes too long from its first byte to its last, however many
 * bytes come meanwhile. Stands before the codec, and is told of each whole request.
 */
final class RequestDeadline extends ChannelInboundHandlerAdapter {
  private final Duration limit;
  private @Nullable Future<?> expiry; // confined to the event loop

  RequestDeadline(Duration limit) {
    this.limit = limit;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (expiry == null) {
      expiry = ctx.executor().schedule(() -> ctx.close(), limit.toNanos(), TimeUnit.NANOSECONDS);
    }
    ctx.fireChannelRead(message);
  }

  /** The request is there. */
  void met() {
    if (expiry != null) {
      expiry.cancel(false);
      expiry = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    met();
    ctx.fireChannelInactive();
  }
}
