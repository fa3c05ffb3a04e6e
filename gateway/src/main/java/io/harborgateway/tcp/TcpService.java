package io.harborgateway.tcp;

import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.metrics.UpstreamMeters;
import io.harborgateway.relay.Relay;
import io.harborgateway.relay.RelayBuffers;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.LoopLocal;
import io.harborgateway.transport.MemoryRelief;
import io.harborgateway.transport.TcpStream;
import io.harborgateway.upstream.Connector;
import io.harborgateway.upstream.DialFailure;
import io.harborgateway.upstream.Upstream;
import io.netty.channel.ChannelHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all connections of one TCP listener share. Safe for use on any event loop.
 *
 * @param inactivity limit of the time without a byte in either direction
 */
public record TcpService(
    String listener,
    Upstream upstream,
    UpstreamMeters upstreamMeters,
    Connector connector,
    LoopLocal<Deadlines> deadlines,
    LoopLocal<RelayBuffers> buffers,
    LoopLocal<MemoryRelief> relief,
    Duration inactivity,
    ListenerMeters meters)
    implements Relay.Observer {
  private static final Logger LOG = LoggerFactory.getLogger(TcpService.class);

  /** Returns the last handler of a new front connection where there is no epoll. */
  public ChannelHandler newFront() {
    return new TcpFront(this);
  }

  /** Forwards a new front connection, taking ownership of it; to be called on its event loop. */
  public void forward(TcpStream front) {
    new TcpForward(this, front).start();
  }

  void dialFailed(DialFailure failure, Throwable cause) {
    upstreamMeters.dialFailed(failure.code());
    upstream.dialFailed(cause);
    meters.failed(failure.code());
    LOG.debug("dial failed: upstream={} cause={}", upstream, String.valueOf(cause));
  }

  @Override
  public void ended(long receivedBytes, long sentBytes, @Nullable String why) {
    meters.bytes(receivedBytes, sentBytes);
    if (why != null) {
      LOG.debug("listener={} connection ended: {}", listener, why);
    }
  }
}
