package io.harborgateway.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/**
 * Sends small TLS records first, then the largest (RFC 8446 section 5.1). A client can use no byte
 * of a record before it has the last one: of 16 KiB that does not fit into what a new or idle
 * connection may send at once, ten segments, it would have nothing for another round trip. For what
 * is large, fewer records cost both sides less.
 *
 * <p>Receives ByteBufs, and passes them on as they are to the TLS handler before it. Confined to
 * its event loop.
 */
final class RecordSizes extends ChannelOutboundHandlerAdapter {
  /** Bytes in a first record: three segments. */
  static final int SMALL = 4 << 10;

  /** Bytes in a record, at most; what is smaller shares one. */
  static final int LARGE = 16 << 10;

  /**
   * The TLS handler takes a message as a whole, and writes its records, still of 16 KiB, into one
   * buffer in place of one for each: 12% of the CPU time of a download.
   */
  private static final int ONE_BUFFER = 0;

  /** Bytes after which records are large. */
  static final int SMALL_UNTIL = 16 << 10;

  /** After such a pause the kernel, too, begins anew. */
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
