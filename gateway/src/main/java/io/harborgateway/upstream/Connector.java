package io.harborgateway.upstream;

import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.TcpDial;
import io.harborgateway.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;

/** Dials upstreams: the addresses of one as RFC 8305 has it. Safe for use by any event loop. */
public final class Connector {
  /** Told exactly once for each dial, on the event loop of the dial. */
  public interface Callback {
    /**
     * The connection is there, its TLS handshake done. The channel has auto-read off and no handler
     * but that of TLS; the callback owns it from here on.
     */
    void dialled(Channel channel);

    /**
     * There is no connection, at any of the upstream's addresses.
     *
     * @param cause whose message is human-readable
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
   * Dials {@code upstream}, which speaks no TLS, without a Netty channel.
   *
   * @param loop of epoll, and the caller's
   * @param deadlines of the event loop
   * @param callback told once, maybe before this returns; {@link DialFailure#of} says more of the
   *     cause it gets
   */
  public static void dialStream(
      IoEventLoop loop, Upstream upstream, Deadlines deadlines, TcpDial.Callback callback) {
    new StreamDial(loop, upstream, deadlines, callback).start();
  }
}
