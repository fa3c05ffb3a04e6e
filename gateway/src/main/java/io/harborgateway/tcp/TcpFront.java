package io.harborgateway.tcp;

import io.harborgateway.transport.Closing;
import io.harborgateway.transport.Relay;
import io.harborgateway.upstream.Connector;
import io.harborgateway.upstream.DialFailure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection that is forwarded as it is: dials the upstream before it reads, then hands
 * both connections to a {@link Relay}. Receives nothing itself, emits nothing. When the upstream
 * can't be dialled the client gets a RST, as if nobody listened.
 */
final class TcpFront extends ChannelInboundHandlerAdapter implements Connector.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(TcpFront.class);

  private final TcpService service;
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
            this::ended)
        .start();
  }

  private void ended(long receivedBytes, long sentBytes, @Nullable String why) {
    service.meters().bytes(receivedBytes, sentBytes);
    if (why != null) {
      LOG.debug("listener={} connection ended: {}", service.listener(), why);
    }
  }

  @Override
  public void dialFailed(DialFailure failure, Throwable cause) {
    String code = failure.name().toLowerCase(Locale.ROOT);
    service.upstreamMeters().dialFailed(code);
    service.meters().failed("upstream_" + code);
    LOG.debug("dial failed: upstream={} cause={}", service.upstream(), String.valueOf(cause));
    Closing.reset(Objects.requireNonNull(front));
  }

  /** The client is gone before the upstream was there. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Closing.reset(ctx.channel());
  }
}
