package io.harborgateway.benchmarks.load;

import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/** One kind of load while it runs; confined to the client's event loop. */
abstract class Load {
  final Slice slice;
  final Dialer dialer;
  final Counters counters = new Counters();

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

  final void dial(ChannelHandler handler) {
    dialer.dial(
        slice,
        handler,
        dialled -> {
          if (!dialled.isSuccess()) {
            fail(dialled.cause());
          }
        });
  }
}
