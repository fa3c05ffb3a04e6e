package io.harborgateway.control;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An upstream for thousands of connections, which by the request's path does its worst. */
final class HostileUpstream implements AutoCloseable {
  /** Answers without end, as fast as it is taken. */
  static final String BIG = "/big";

  /** Reads nothing after the head, and answers nothing. */
  static final String STUCK = "/stuck";

  /** Responses 102 without end. */
  static final String INFORMATIONAL = "/informational";

  /** A response whose trailers have no end. */
  static final String TRAILERS = "/trailers";

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel listening;

  HostileUpstream() {
    listening =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connection.pipeline().addLast(new Connection());
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listening.localAddress();
  }

  @Override
  public void close() {
    listening.close().syncUninterruptibly();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static final class Connection extends ChannelInboundHandlerAdapter {
    private final StringBuilder head = new StringBuilder();
    private byte @Nullable [] endless;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf data = (ByteBuf) message;
      if (endless == null) {
        head.append(data.toString(StandardCharsets.ISO_8859_1));
      }
      data.release();
      int end = head.indexOf("\r\n\r\n");
      while (end >= 0) {
        String path = head.substring(head.indexOf(" ") + 1, head.indexOf(" HTTP/1.1"));
        head.delete(0, end + 4);
        answer(ctx, path);
        end = head.indexOf("\r\n\r\n");
      }
    }

    private void answer(ChannelHandlerContext ctx, String path) {
      switch (path) {
        case BIG ->
            begin(ctx, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "x".repeat(65536));
        case INFORMATIONAL -> begin(ctx, "", "HTTP/1.1 102 Processing\r\n\r\n".repeat(1000));
        case TRAILERS ->
            begin(
                ctx,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n",
                "X-Trailer: x\r\n".repeat(1000));
        case STUCK -> ctx.channel().config().setAutoRead(false);
        default -> write(ctx, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      }
    }

    private void begin(ChannelHandlerContext ctx, String first, String repeated) {
      endless = repeated.getBytes(StandardCharsets.US_ASCII);
      write(ctx, first);
      channelWritabilityChanged(ctx);
    }

    private static void write(ChannelHandlerContext ctx, String text) {
      ctx.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      while (endless != null && ctx.channel().isWritable() && ctx.channel().isActive()) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(endless));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // the gateway has reset it
    }
  }
}
