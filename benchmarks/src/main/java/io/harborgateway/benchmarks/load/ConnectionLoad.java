package io.harborgateway.benchmarks.load;

/**
 * {@link Slice.Kind#CONNECTIONS} and {@link Slice.Kind#HANDSHAKES}: each place of the slice's
 * connections is taken by a new connection as soon as the one before is closed.
 */
final class ConnectionLoad extends Load {

  ConnectionLoad(Slice slice, Dialer dialer) {
    super(slice, dialer);
  }

  @Override
  void start() {
    for (int i = 0; i < slice.connections(); i++) {
      next();
    }
  }

  private void next() {
    dial(
        "Connection: close\r\n",
        request ->
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
