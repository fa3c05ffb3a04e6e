package io.harborgateway.benchmarks.load;

import io.netty.buffer.ByteBuf;

/** {@link Slice.Kind#EXCHANGES}: each connection sends its next request after each response. */
final class ExchangeLoad extends Load {
  ExchangeLoad(Slice slice, Dialer dialer) {
    super(slice, dialer);
  }

  @Override
  void start() {
    ByteBuf request = ExchangeHandler.request(slice, "");
    for (int i = 0; i < slice.connections(); i++) {
      dial(new ExchangeHandler(this, connection -> connection.send(System.nanoTime()), request));
    }
  }
}
