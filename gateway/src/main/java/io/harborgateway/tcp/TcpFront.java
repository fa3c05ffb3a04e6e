package io.harborgateway.tcp;

import io.harborgateway.relay.Relay;
import io.harborgateway.transport.Closing;
import io.harborgateway.upstream.Connector;
import io.harborgateway.upstream.DialFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Forwards a client's connection as it is where there is no epoll; see {@link TcpForward} for
 * epoll. Dials the upstream before reading, then hands both connections to a {@link Relay}. If the
 * upstream can't be dialled, the client gets a RST, as if nobody were listening.
 *
 * <p>Emits nothing. Receives what epoll reads without being asked when the client has already sent
 * its FIN, and owns it until the relay takes it over.
 */
final class TcpFront extends ChannelInboundHandlerAdapter implements Connector.Callback {
  private final TcpService service;
  private final Deque<Object> early = new ArrayDeque<>(0);
  private @Nullable Channel front;

  TcpFront(TcpService service) {
    this.service = service;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    front = ctx.channel();
    service.connector().dial(ctx.channel().eventLoop(), service.upstream(), true, this);
  }

  @Override
  public void dialled(Channel upstream) {
    service.upstreamMeters().dialled();
    Channel client = Objects.requireNonNull(front);
    if (!client.isActive()) {
      upstream.close();
      return;
    }
    client.pipeline().remove(this);
    new Relay(
            client,
            upstream,
            service.inactivity(),
            service.deadlines().get(client.eventLoop()),
            service.relief().get(client.eventLoop()),
            service)
        .start();
    passOnEarly(client.pipeline());
  }

  private void passOnEarly(ChannelPipeline pipeline) {
    if (early.isEmpty()) {
      return;
    }
    for (Object next = early.poll(); next != null; next = early.poll()) {
      if (next instanceof ByteBuf) {
        pipeline.fireChannelRead(next);
      } else {
        pipeline.fireUserEventTriggered(next);
      }
    }
    pipeline.fireChannelReadComplete();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    early.add(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      early.add(event);
    }
  }

  /** The client left before the upstream was connected, or was reset because it could not be. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    early.forEach(ReferenceCountUtil::release);
    early.clear();
  }

  @Override
  public void dialFailed(DialFailure failure, Throwable cause) {
    service.dialFailed(failure, cause);
    Closing.reset(Objects.requireNonNull(front));
  }

  /** The client left before the upstream was connected. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Closing.reset(ctx.channel());
  }
}
