package io.harborgateway.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One kept connection: sends a request when its owner says so, checks and counts the response, and
 * tells the owner. Bodies are counted and dropped as they come. Any answer but the expected one
 * fails the load.
 */
class ExchangeHandler extends ChannelInboundHandlerAdapter {
  /** Says what a connection that is ready for a request is to do. */
  interface Owner {
    void ready(ExchangeHandler connection);
  }

  private static final ByteBuf CRLF_TWICE = Unpooled.copiedBuffer("\r\n\r\n", US_ASCII);
  private static final int HEAD_END = 0x0d0a0d0a;
  private static final long VERSION = 0x485454502f312e31L; // "HTTP/1.1"
  private static final int CREATED = 201;
  private static final int OK = 200;
  private static final ByteBuf PIECE =
      Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(256 << 10)));

  private final Load load;
  private final Owner owner;
  private final ByteBuf request;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf unread;
  private boolean awaiting;
  private long sentAt;
  private long uploadLeft;

  /** -1 while the head is awaited. */
  private long bodyLeft = -1;

  /** The received body of the response to an upload: how many bytes came. */
  private long confirmed;

  /** Of the last response; most have the same. */
  private int headLength;

  private long contentLength;

  ExchangeHandler(Load load, Owner owner, ByteBuf request) {
    this.load = load;
    this.owner = owner;
    this.request = request;
  }

  /**
   * Returns the head of the slice's requests to this host.
   *
   * @param fields further ones, each ending in CRLF
   */
  static ByteBuf request(Slice slice, String host, String fields) {
    String head =
        "%s %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n"
            .formatted(
                slice.uploadBytes() > 0 ? "PUT" : "GET",
                slice.path(),
                host,
                slice.uploadBytes() > 0 ? "Content-Length: " + slice.uploadBytes() + "\r\n" : "",
                fields);
    return Unpooled.unreleasableBuffer(
        Unpooled.wrappedBuffer(
            ByteBuffer.allocateDirect(head.length()).put(head.getBytes(US_ASCII)).flip()));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    if (load.slice.tls() == TlsMode.NONE) {
      owner.ready(this);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent completion) {
      if (completion.isSuccess()) {
        ClientTls.check(load, ctx.pipeline().get(SslHandler.class).engine().getSession());
        owner.ready(this);
      } else {
        handshakeFailed(ctx, completion.cause());
      }
    }
  }

  void handshakeFailed(ChannelHandlerContext ctx, Throwable cause) {
    load.fail(cause);
  }

  /**
   * Sends the next request.
   *
   * @param intended when it was to be sent, of {@link System#nanoTime}
   */
  void send(long intended) {
    ChannelHandlerContext ctx = Objects.requireNonNull(context);
    awaiting = true;
    sentAt = intended;
    confirmed = 0;
    uploadLeft = load.slice.uploadBytes();
    if (uploadLeft == 0) {
      ctx.writeAndFlush(request.duplicate());
    } else {
      ctx.write(request.duplicate());
      sendBody(ctx);
    }
  }

  private void sendBody(ChannelHandlerContext ctx) {
    while (uploadLeft > 0 && ctx.channel().isWritable()) {
      int length = (int) Math.min(uploadLeft, PIECE.capacity());
      uploadLeft -= length;
      load.counters.bytes += length;
      ctx.write(PIECE.slice(0, length));
    }
    ctx.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (uploadLeft > 0) {
      sendBody(ctx);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (unread != null) {
      ByteBuf whole = unread.writeBytes(in);
      in.release();
      in = whole;
      unread = null;
    }
    try {
      while (in.isReadable() && load.failure() == null) {
        if (!awaiting) {
          load.fail("bytes after the response");
        } else if (bodyLeft < 0 && !readHead(in)) {
          unread = ctx.alloc().buffer(4096).writeBytes(in);
        } else {
          readBody(in);
        }
      }
    } finally {
      in.release();
    }
  }

  /** Returns false when it is not whole yet. */
  private boolean readHead(ByteBuf in) {
    int start = in.readerIndex();
    boolean asBefore =
        headLength > 0
            && in.readableBytes() >= headLength
            && in.getInt(start + headLength - 4) == HEAD_END
            && in.getLong(start) == VERSION;
    if (!asBefore) {
      int end = ByteBufUtil.indexOf(CRLF_TWICE, in);
      if (end < 0) {
        return false;
      }
      headLength = end + 4 - start;
      contentLength = contentLength(in.toString(start, headLength, US_ASCII));
    }
    checkStatus(in, start);
    in.skipBytes(headLength);
    bodyLeft = contentLength;
    return true;
  }

  private void checkStatus(ByteBuf in, int start) {
    int status =
        (in.getByte(start + 9) - '0') * 100
            + (in.getByte(start + 10) - '0') * 10
            + (in.getByte(start + 11) - '0');
    if (status != (load.slice.uploadBytes() > 0 ? CREATED : OK)) {
      load.fail("the response is " + in.toString(start, headLength, US_ASCII).lines().findFirst());
    } else if (uploadLeft > 0) {
      load.fail("a response before the end of the upload");
    }
  }

  private long contentLength(String head) {
    long length =
        head.lines()
            .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
            .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
            .findFirst()
            .orElse(-1);
    long expected = load.slice.responseBytes();
    if (length < 0 || (expected >= 0 && length != expected)) {
      load.fail("Content-Length: " + length + " (expected: " + expected + ") in " + head);
      return 0;
    }
    return length;
  }

  private void readBody(ByteBuf in) {
    int length = (int) Math.min(bodyLeft, in.readableBytes());
    if (load.slice.uploadBytes() > 0) {
      for (int i = 0; i < length; i++) {
        confirmed = confirmed * 10 + (in.readByte() - '0');
      }
    } else {
      in.skipBytes(length);
      load.counters.bytes += length;
    }
    bodyLeft -= length;
    if (bodyLeft == 0) {
      done();
    }
  }

  private void done() {
    if (confirmed != load.slice.uploadBytes()) {
      load.fail(
          "upload: %d bytes came (expected: %d)".formatted(confirmed, load.slice.uploadBytes()));
    }
    awaiting = false;
    bodyLeft = -1;
    load.counters.units++;
    load.counters.latencies.recordValue(System.nanoTime() - sentAt);
    if (!load.isStopped()) {
      owner.ready(this);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    load.fail("a kept connection was closed");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    load.fail(cause);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (unread != null) {
      unread.release();
      unread = null;
    }
  }
}
