package io.harborgateway.upstream;

import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.TcpDial;
import io.harborgateway.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;

/**
 * Dials upstreams, trying the addresses of one as described in RFC 8305. Safe for use on any event
 * loop.
 */
public final class Connector {
  /** Called exactly once per dial, on the dial's event loop. */
  public interface Callback {
    /**
     * The connection is established, including its TLS handshake. The channel has auto-read off and
     * no handler except for TLS; the callback takes ownership of it.
     */
    void dialled(Channel channel);

    /**
     * The dial failed at all of the upstream's addresses.
     *
     * @param cause cause with a human-readable message
     */
    void dialFailed(DialFailure failure, Throwable cause);
  }

  private final Transport transport;

  public Connector(Transport transport) {
    this.transport = transport;
  }

  /**
   * Dials {@code upstream} on {@code loop}, which must be the caller's.
   *
   * @param allowHalfClosure whether a FIN of the upstream leaves the other direction open
   */
  public void dial(EventLoop loop, Upstream upstream, boolean allowHalfClosure, Callback callback) {
    assert loop.inEventLoop();
    new Dial(transport.dialledChannels(), loop, upstream, allowHalfClosure, callback).start();
  }

  /**
   * Dials {@code upstream}, which must not use TLS, without a Netty channel.
   *
   * @param loop epoll loop, which must be the caller's
   * @param deadlines deadlines of the event loop
   * @param callback called once, possibly before this returns; {@link DialFailure#of} classifies
   *     the cause
   */
  public static void dialStream(
      IoEventLoop loop, Upstream upstream, Deadlines deadlines, TcpDial.Callback callback) {
    new StreamDial(loop, upstream, deadlines, callback).start();
  }
}
