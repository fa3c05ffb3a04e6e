package io.harborgateway.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One connection to the {@link Backend}: request by request, bodies counted and dropped. */
final class BackendHandler extends ChannelInboundHandlerAdapter {
  private static final ByteBuf CRLF_TWICE = Unpooled.copiedBuffer("\r\n\r\n", US_ASCII);
  private static final int PIECE_BYTES = 256 << 10;
  private static final ByteBuf PIECE =
      Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(PIECE_BYTES)));

  private final Backend backend;
  private @Nullable ByteBuf unread;
  private String requestLine = "";
  private boolean last;
  private long contentLength;
  private long bodyLeft = -1;
  private long toSend;

  BackendHandler(Backend backend) {
    this.backend = backend;
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
      while (in.isReadable()) {
        if (bodyLeft < 0 && !readHead(in)) {
          unread = ctx.alloc().buffer(4096).writeBytes(in);
          return;
        }
        int length = (int) Math.min(bodyLeft, in.readableBytes());
        in.skipBytes(length);
        bodyLeft -= length;
        if (bodyLeft == 0) {
          bodyLeft = -1;
          answer(ctx);
        }
      }
    } finally {
      in.release();
    }
  }

  private boolean readHead(ByteBuf in) {
    int end = ByteBufUtil.indexOf(CRLF_TWICE, in);
    if (end < 0) {
      return false;
    }
    String head = in.readCharSequence(end + 4 - in.readerIndex(), US_ASCII).toString();
    requestLine = head.substring(0, head.indexOf('\r'));
    String fields = head.toLowerCase(Locale.ROOT);
    last = fields.contains("\r\nconnection: close\r\n");
    int field = fields.indexOf("\r\ncontent-length:");
    contentLength =
        field < 0
            ? 0
            : Long.parseLong(
                fields.substring(field + 17, fields.indexOf('\r', field + 17)).strip());
    bodyLeft = contentLength;
    return true;
  }

  private void answer(ChannelHandlerContext ctx) {
    String path = requestLine.split(" ", -1)[1];
    long number = Long.parseLong("0" + path.replaceAll("^/[a-z]*/?|[^0-9].*$", ""));
    if (requestLine.startsWith("PUT ")) {
      String count = Long.toString(contentLength);
      send(ctx, "201 Created", count.length(), count);
    } else if (path.startsWith("/hold/")) {
      backend.hold(
          (int) number,
          () -> {
            send(ctx, "200 OK", 2, "ok");
            ctx.flush();
          });
    } else {
      send(ctx, "200 OK", number, "");
      toSend = number;
      sendBody(ctx);
    }
  }

  private void send(ChannelHandlerContext ctx, String status, long length, String body) {
    String text =
        "HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s"
            .formatted(status, length, last ? "Connection: close\r\n" : "", body);
    ctx.write(ByteBufUtil.writeAscii(ctx.alloc(), text));
    if (last && toSend == 0 && length == body.length()) {
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void sendBody(ChannelHandlerContext ctx) {
    while (toSend > 0 && ctx.channel().isWritable()) {
      int length = (int) Math.min(toSend, PIECE_BYTES);
      toSend -= length;
      var written = ctx.write(PIECE.slice(0, length));
      if (toSend == 0 && last) {
        written.addListener(ChannelFutureListener.CLOSE);
      }
    }
    ctx.flush();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (toSend > 0) {
      sendBody(ctx);
    }
  }

  /** A connection that was cut off has nothing more to say. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (unread != null) {
      unread.release();
      unread = null;
    }
  }
}
