package io.harborgateway.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/**
 * Sends small TLS records first, then the largest (RFC 8446 section 5.1). A client can't use any
 * byte of a record before it has the last one: a 16 KiB record does not fit into the ten segments
 * that a new or idle connection may send at once, so the client would have nothing for another
 * round trip. For bulk data, fewer records cost both sides less.
 *
 * <p>Receives ByteBufs, and passes them on unchanged to the TLS handler in front of it. Confined to
 * its event loop.
 */
final class RecordSizes extends ChannelOutboundHandlerAdapter {
  /** Bytes in an early record: three segments. */
  static final int SMALL = 4 << 10;

  /** Most bytes in a record; smaller pieces share one. */
  static final int LARGE = 16 << 10;

  /**
   * Makes the TLS handler wrap a message as a whole, with its records (still of 16 KiB) in one
   * buffer rather than one buffer each: saves 12% of a download's CPU time.
   */
  private static final int ONE_BUFFER = 0;

  /** Bytes after which records are large. */
  static final int SMALL_UNTIL = 16 << 10;

  /** After such a pause the kernel, too, restarts with a small window. */
  static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final SslHandler tls;
  private long sent;
  private long lastNanos;

  RecordSizes(SslHandler tls) {
    this.tls = tls;
    tls.setWrapDataSize(SMALL);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    long now = ctx.executor().ticker().nanoTime();
    int bytes = ((ByteBuf) message).readableBytes();
    if (sent >= SMALL_UNTIL) {
      boolean anew = now - lastNanos > PAUSE_NANOS;
      tls.setWrapDataSize(anew ? SMALL : bytes > LARGE ? ONE_BUFFER : LARGE);
      sent = anew ? 0 : sent;
    }
    lastNanos = now;
    sent += bytes;
    ctx.write(message, promise);
  }
}
