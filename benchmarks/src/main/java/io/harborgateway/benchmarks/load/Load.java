package io.harborgateway.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One kind of load while it runs; confined to the client's event loop. */
abstract class Load {
  final Slice slice;
  private final Dialer dialer;
  final Counters counters = new Counters();

  private final Map<String, ByteBuf> requests = new HashMap<>();
  private int dials;
  private boolean stopped;
  private @Nullable String failure;

  Load(Slice slice, Dialer dialer) {
    this.slice = slice;
    this.dialer = dialer;
  }

  /** Opens the connections. */
  abstract void start();

  /** Begins no more work. The connections are closed by the client. */
  final void stop() {
    stopped = true;
  }

  final boolean isStopped() {
    return stopped;
  }

  /** Remembers the first failure, which makes the slice void. */
  final void fail(String what) {
    if (!stopped && failure == null) {
      failure = what;
    }
  }

  final void fail(Throwable cause) {
    fail(cause.toString());
  }

  final @Nullable String failure() {
    return failure;
  }

  /** Whether all is done that ends by itself. */
  boolean isDone() {
    return false;
  }

  /** What a load that ends by itself has to tell. */
  long answer() {
    return counters.units;
  }

  /** Whether all connections are there that are to be there before anything is counted. */
  boolean isRunning() {
    return true;
  }

  /**
   * Opens the next connection.
   *
   * @param fields that each of its requests has, each ending in CRLF
   * @param handler makes its handler, given the request
   */
  final void dial(
      String fields, Function<ByteBuf, ChannelHandler> handler, ChannelFutureListener dialled) {
    List<String> names = slice.serverNames();
    String name = names.get(dials++ % names.size());
    ByteBuf request =
        requests.computeIfAbsent(name, host -> ExchangeHandler.request(slice, host, fields));
    dialer.dial(slice.port(), name, handler.apply(request), dialled);
  }

  /** Opens the next connection; that it can't be opened fails the load. */
  final void dial(String fields, Function<ByteBuf, ChannelHandler> handler) {
    dial(
        fields,
        handler,
        dialled -> {
          if (!dialled.isSuccess()) {
            fail(dialled.cause());
          }
        });
  }
}
