package io.harborgateway.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose request takes too long from its first byte to its last, however many
 * bytes arrive in between. Precedes the codec, and is notified of each complete request.
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

  /** Cancels the deadline: the request is complete. */
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
