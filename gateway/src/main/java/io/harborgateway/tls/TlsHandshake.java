package io.harborgateway.tls;

import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.route.Instance;
import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.Printable;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits behind the TLS handler for the outcome of the handshake: replaces itself by the handler of
 * what TLS carries, or counts the failure and closes. Emits nothing; receives no bytes, since those
 * come after the handshake.
 */
public final class TlsHandshake extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(TlsHandshake.class);

  private final ListenerMeters meters;
  private final Function<Instance, ChannelHandler> next;
  private @Nullable Instance instance;
  private boolean failed;

  /**
   * Makes the handler of one connection.
   *
   * @param next makes the handler that takes this one's place, for the instance whose certificate
   *     the connection has
   */
  public TlsHandshake(ListenerMeters meters, Function<Instance, ChannelHandler> next) {
    this.meters = meters;
    this.next = next;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ctx.read();
  }

  void chosen(Instance instance) {
    this.instance = instance;
  }

  /** Counts the failure, once. */
  void failed(Throwable cause) {
    if (!failed) {
      failed = true;
      meters.handshakeFailed();
      Buffers.isExhausted(cause); // for its count
      LOG.debug("TLS handshake failed: {}", Printable.of(String.valueOf(cause)));
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent completion) {
      if (completion.isSuccess()) {
        meters.handshakeDone();
        ChannelHandler handler = next.apply(Objects.requireNonNull(instance));
        ctx.pipeline().replace(this, "front", handler);
      } else {
        failed(completion.cause());
        ctx.close();
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    failed(new ClosedChannelException());
  }

  /** What is no TLS, and what breaks it: the alert was sent by the TLS handler. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failed(cause);
    ctx.close();
  }
}
