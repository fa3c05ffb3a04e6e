package io.harborgateway.tcp;

import io.harborgateway.relay.SpliceRelay;
import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.TcpDial;
import io.harborgateway.transport.TcpStream;
import io.harborgateway.upstream.Connector;
import io.harborgateway.upstream.DialFailure;

/**
 * Forwards a client's connection as it is: dials the upstream before reading, then hands both
 * streams to a {@link SpliceRelay}. If the upstream can't be dialled, the client gets a RST, as if
 * nobody were listening.
 *
 * <p>Owns the client's stream until the relay takes it over; a client that leaves during the dial
 * is noticed when the dial ends. Confined to the stream's event loop.
 */
final class TcpForward implements TcpDial.Callback {
  private final TcpService service;
  private final TcpStream front;
  private final Deadlines deadlines;

  TcpForward(TcpService service, TcpStream front) {
    this.service = service;
    this.front = front;
    this.deadlines = service.deadlines().get(front.loop());
  }

  void start() {
    Connector.dialStream(front.loop(), service.upstream(), deadlines, this);
  }

  @Override
  public void connected(TcpStream upstream) {
    service.upstreamMeters().dialled();
    new SpliceRelay(
            front,
            upstream,
            service.inactivity(),
            deadlines,
            service.buffers().get(front.loop()),
            service.relief().get(front.loop()),
            service)
        .start();
  }

  @Override
  public void connectFailed(Exception cause) {
    service.dialFailed(DialFailure.of(cause), cause);
    front.reset();
  }
}
