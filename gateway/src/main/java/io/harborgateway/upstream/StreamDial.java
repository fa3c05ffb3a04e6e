package io.harborgateway.upstream;

import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.TcpDial;
import io.harborgateway.transport.TcpStream;
import io.netty.channel.IoEventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** As {@link Dial}, without TLS and without a Netty channel. Confined to its event loop. */
final class StreamDial implements TcpDial.Callback {
  private final IoEventLoop loop;
  private final Upstream upstream;
  private final Deadlines deadlines;
  private final TcpDial.Callback callback;
  private final List<InetSocketAddress> addresses;
  private final Duration limit;
  private final List<DialException> failures = new ArrayList<>(0);

  StreamDial(IoEventLoop loop, Upstream upstream, Deadlines deadlines, TcpDial.Callback callback) {
    this.loop = loop;
    this.upstream = upstream;
    this.deadlines = deadlines;
    this.callback = callback;
    this.addresses = upstream.addresses();
    this.limit = upstream.dialLimit(addresses.size());
  }

  void start() {
    if (addresses.isEmpty()) {
      callback.connectFailed(DialException.notResolved(upstream));
    } else {
      TcpDial.start(loop, current(), limit, deadlines, this);
    }
  }

  private InetSocketAddress current() {
    return addresses.get(failures.size());
  }

  @Override
  public void connected(TcpStream stream) {
    upstream.answered(current());
    callback.connected(stream);
  }

  @Override
  public void connectFailed(Exception cause) {
    failures.add(DialException.of(upstream, current(), cause, limit, false));
    boolean pointless = failures.getLast().failure() == DialFailure.RESOURCES;
    if (pointless || failures.size() == addresses.size()) {
      callback.connectFailed(DialException.of(failures));
    } else {
      start();
    }
  }
}
