package io.harborgateway.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Opens the connections of one load, and remembers them. */
final class Dialer {
  private static final int BULK = 256 << 10;
  private static final int SMALL = 16 << 10;

  private static final int HANDSHAKE_SECONDS = 60;

  private final Bootstrap bootstrap;
  private final @Nullable SslContext tls;
  private final ChannelGroup open;

  Dialer(EventLoopGroup loops, Slice slice, @Nullable SslContext tls, ChannelGroup open) {
    this.tls = tls;
    this.open = open;
    boolean bulk = slice.responseBytes() > SMALL || slice.uploadBytes() > SMALL;
    bootstrap =
        new Bootstrap()
            .group(loops)
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(BULK, 2 * BULK))
            .option(
                ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(bulk ? BULK : SMALL))
            .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), slice.port()));
  }

  void dial(int port, String serverName, ChannelHandler handler, ChannelFutureListener dialled) {
    bootstrap
        .clone()
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                open.add(channel);
                if (tls != null) {
                  // Host and port are the key of the client's sessions.
                  SslHandler secured = tls.newHandler(channel.alloc(), serverName, port);
                  // A proxy that builds a thousand contexts for the first handshakes takes its
                  // time.
                  secured.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
                  channel.pipeline().addLast(secured);
                }
                channel.pipeline().addLast(handler);
              }
            })
        .connect()
        .addListener(dialled);
  }
}
