package io.harborgateway.upstream;

import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.TcpDial;
import io.harborgateway.transport.TcpStream;
import io.netty.channel.IoEventLoop;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Like {@link Dial}, but without TLS and without a Netty channel: the first TCP connection wins.
 * Confined to its event loop.
 */
final class StreamDial extends DialRace<TcpStream> {
  private final IoEventLoop loop;
  private final Deadlines deadlines;
  private final TcpDial.Callback callback;

  StreamDial(IoEventLoop loop, Upstream upstream, Deadlines deadlines, TcpDial.Callback callback) {
    super(loop, upstream);
    this.loop = loop;
    this.deadlines = deadlines;
    this.callback = callback;
  }

  @Override
  Attempt attempt(InetSocketAddress address) {
    return new StreamAttempt(address);
  }

  @Override
  void won(TcpStream stream) {
    callback.connected(stream);
  }

  @Override
  void lost(DialException failure) {
    callback.connectFailed(failure);
  }

  private final class StreamAttempt extends Attempt implements TcpDial.Callback {
    private @Nullable TcpDial dial; // null if it ended before it could be set

    StreamAttempt(InetSocketAddress address) {
      super(address);
    }

    @Override
    void begin() {
      dial = TcpDial.start(loop, address(), limit(), deadlines, this);
    }

    @Override
    void abandon() {
      if (dial != null) {
        dial.cancel();
      }
    }

    @Override
    public void connected(TcpStream stream) {
      succeeded(stream);
    }

    @Override
    public void connectFailed(Exception cause) {
      failed(cause);
    }
  }
}
