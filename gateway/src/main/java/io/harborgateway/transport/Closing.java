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
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ways to close a connection. All must be called on the channel's event loop. */
public final class Closing {
  private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

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

  /**
   * Makes the connection end with a RST however it ends, even with the process, until {@link
   * #allowOrderly}: its peer takes a FIN for the end of the data.
   */
  public static void resetUntilAllowed(Channel channel) {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
  }

  /** Lets the connection end with a FIN again, once everything written before has been sent. */
  public static void allowOrderly(Channel channel) {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> {
          if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, -1);
          }
        });
  }

  /**
   * Closes after everything written before has been handed to the kernel.
   *
   * @param limit time without progress after which the connection is reset: nothing else watches it
   *     any more
   */
  public static void afterWrites(Channel channel, Duration limit) {
    if (channel.isOpen()) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      resetWhenStuck(channel, limit, channel.closeFuture());
    }
  }

  /**
   * Same as {@link #afterWrites}, but with a RST: the peer gets what was sent, but must not take it
   * for complete.
   *
   * @param limit see {@link #afterWrites}
   */
  public static void resetAfterWrites(Channel channel, Duration limit) {
    if (channel.isOpen()) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> reset(channel));
      resetWhenStuck(channel, limit, channel.closeFuture());
    }
  }

  /**
   * Returns whether the peer has ended its data in order: with a FIN, in TLS preceded by a
   * close_notify, since anybody can forge a FIN alone (RFC 8446 section 6.1).
   */
  public static boolean endedInOrder(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    return tls == null || tls.sslCloseFuture().isSuccess();
  }

  /** Resets the connection if none of its pending bytes has been accepted for {@code limit}. */
  static void resetWhenStuck(Channel channel, Duration limit, Future<?> until) {
    if (until.isDone()) {
      return;
    }
    var progress = new WriteProgress();
    progress.since(channel);
    Runnable check =
        () -> {
          try {
            if (!progress.since(channel)) {
              reset(channel);
            }
          } catch (RuntimeException e) {
            // An exception would end these checks, and nothing else watches this connection.
            LOG.error("resetting a connection that takes nothing failed; it is closed", e);
            channel.unsafe().closeForcibly();
          }
        };
    long nanos = limit.toNanos();
    var checks =
        channel.eventLoop().scheduleWithFixedDelay(check, nanos, nanos, TimeUnit.NANOSECONDS);
    until.addListener(done -> checks.cancel(false));
  }

  /**
   * Sends a FIN after everything written before, in TLS preceded by a close_notify; the other
   * direction stays open.
   *
   * <p>The shutdown waits for the writes, because Netty's {@code shutdownOutput} drops those that
   * are pending.
   *
   * @return completes when the FIN has been sent, or with the failure of the writes before it
   */
  public static Future<?> outputAfterWrites(Channel channel) {
    if (!(channel instanceof DuplexChannel duplex)) {
      return channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    }
    Future<?> written = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      CloseNotify.add(tls);
      written = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    }
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
