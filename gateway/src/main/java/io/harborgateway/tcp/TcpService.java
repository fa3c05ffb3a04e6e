package io.harborgateway.tcp;

import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.metrics.UpstreamMeters;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.LoopLocal;
import io.harborgateway.upstream.Connector;
import io.harborgateway.upstream.Upstream;
import io.netty.channel.ChannelHandler;
import java.time.Duration;

/**
 * What all connections of one TCP listener share. Safe for use by any event loop.
 *
 * @param inactivity limit of the time without a byte in either direction
 */
public record TcpService(
    String listener,
    Upstream upstream,
    UpstreamMeters upstreamMeters,
    Connector connector,
    LoopLocal<Deadlines> deadlines,
    Duration inactivity,
    ListenerMeters meters) {
  /** Returns the last handler of a new front connection. */
  public ChannelHandler newFront() {
    return new TcpFront(this);
  }
}
