package io.harborgateway.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;

/** The ways in which a connection ends. All are called on the channel's event loop. */
public final class Closing {
  private Closing() {}

  /**
   * Ends the connection with a RST: the peer must not take what it has received for complete. Skips
   * TLS's close_notify for the same reason.
   */
  public static void reset(Channel channel) {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      ChannelHandlerContext first = channel.pipeline().firstContext();
      if (first == null) {
        channel.close();
      } else {
        first.close();
      }
    }
  }

  /** Closes after everything written before was handed to the kernel. */
  public static void afterWrites(Channel channel) {
    if (channel.isOpen()) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /**
   * Sends a FIN after everything written before, on TLS with a close_notify ahead of it; the other
   * direction stays open.
   *
   * <p>The shutdown waits for the writes, because Netty's {@code shutdownOutput} drops those that
   * are pending.
   *
   * @return completes when the FIN was sent, or with the failure of the writes before it
   */
  public static Future<?> outputAfterWrites(Channel channel) {
    if (!(channel instanceof DuplexChannel duplex)) {
      return channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    }
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    Future<?> written =
        tls == null ? channel.writeAndFlush(Unpooled.EMPTY_BUFFER) : tls.closeOutbound();
    Promise<Void> sent = channel.eventLoop().newPromise();
    written.addListener(done -> {
      if (done.isSuccess()) {
        PromiseNotifier.cascade(duplex.shutdownOutput(), sent);
      } else {
        sent.setFailure(done.cause());
      }
    });
    return sent;
  }
}
