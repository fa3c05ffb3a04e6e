package io.harborgateway.benchmarks.load;

import io.netty.buffer.ByteBuf;

/**
 * {@link Slice.Kind#CONNECTIONS} and {@link Slice.Kind#HANDSHAKES}: each place of the slice's
 * connections is taken by a new connection as soon as the one before is closed.
 */
final class ConnectionLoad extends Load {
  private ByteBuf request = io.netty.buffer.Unpooled.EMPTY_BUFFER;

  ConnectionLoad(Slice slice, Dialer dialer) {
    super(slice, dialer);
  }

  @Override
  void start() {
    request = ExchangeHandler.request(slice, "Connection: close\r\n");
    for (int i = 0; i < slice.connections(); i++) {
      next();
    }
  }

  private void next() {
    dial(
        slice.kind() == Slice.Kind.HANDSHAKES
            ? new HandshakeHandler(this)
            : new ShortConnectionHandler(this, request));
  }

  /** Counts a connection that is closed, and opens the next one. */
  void done() {
    counters.units++;
    if (!isStopped() && failure() == null) {
      next();
    }
  }
}
