package io.harborgateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose peer may still be sending, in a way that lets it read the last
 * response: sends a FIN, then receives and releases bytes until the peer closes, {@link #MAX_BYTES}
 * have arrived or {@link #MAX_SECONDS} have passed. Closing at once would answer the peer's bytes
 * with a RST, which discards a response that it has not read yet (RFC 9112 section 9.6).
 *
 * <p>The FIN, and with it the start of the time limit, waits for what was written before, as long
 * as the peer accepts some of it within each write limit; otherwise the connection is reset.
 *
 * <p>Added as the last handler; emits nothing.
 */
public final class LingeringClose extends ChannelInboundHandlerAdapter {
  static final long MAX_BYTES = 16L << 20;
  static final int MAX_SECONDS = 5;

  private final Duration writeLimit;
  private long received;

  /**
   * Creates the handler of one connection.
   *
   * @param writeLimit limit of the time in which the peer accepts nothing of what was written
   *     before
   */
  public LingeringClose(Duration writeLimit) {
    this.writeLimit = writeLimit;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    Future<?> finSent = Closing.outputAfterWrites(ctx.channel());
    Closing.resetWhenStuck(ctx.channel(), writeLimit, finSent);
    finSent.addListener(sent -> linger(ctx));
    ctx.read();
  }

  private static void linger(ChannelHandlerContext ctx) {
    var limit = ctx.executor().schedule(() -> ctx.close(), MAX_SECONDS, TimeUnit.SECONDS);
    ctx.channel().closeFuture().addListener(closed -> limit.cancel(false));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      received += bytes.readableBytes();
    }
    ReferenceCountUtil.release(message);
    if (received > MAX_BYTES) {
      Closing.reset(ctx.channel());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.read();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the peer is gone, which is what this handler waits for
  }
}
