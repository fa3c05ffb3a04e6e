package io.harborgateway.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/** A connection of one exchange: sends the request, and reads until the other side closes. */
final class ShortConnectionHandler extends ChannelInboundHandlerAdapter {
  private static final String EXPECTED = "HTTP/1.1 200 ";

  private final ConnectionLoad load;
  private final ByteBuf request;
  private long received;

  ShortConnectionHandler(ConnectionLoad load, ByteBuf request) {
    this.load = load;
    this.request = request;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (load.slice.tls() == TlsMode.NONE) {
      ctx.writeAndFlush(request.duplicate());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent completion && completion.isSuccess()) {
      ctx.writeAndFlush(request.duplicate());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (received == 0 && in.readableBytes() >= EXPECTED.length()) {
      String start = in.toString(in.readerIndex(), EXPECTED.length(), US_ASCII);
      if (!start.equals(EXPECTED)) {
        load.fail("the response is " + in.toString(US_ASCII).lines().findFirst());
      }
    }
    received += in.readableBytes();
    in.release();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (received <= load.slice.responseBytes()) {
      load.fail(
          "a connection ended after %d bytes (expected: a head and %d)"
              .formatted(received, load.slice.responseBytes()));
    }
    load.counters.bytes += received;
    load.done();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    load.fail(cause);
    ctx.close();
  }
}
