package io.harborgateway.benchmarks.load;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * {@link Slice.Kind#EXCHANGES}: when all connections are there, each sends its next request after
 * each response; with a limit of requests in flight they take turns.
 */
final class ExchangeLoad extends Load {
  /** Below the backlog of every peer's listener. */
  private static final int DIALLED_AT_ONCE = 64;

  private final Deque<ExchangeHandler> idle = new ArrayDeque<>();
  private int dialled;
  private boolean running;

  ExchangeLoad(Slice slice, Dialer dialer) {
    super(slice, dialer);
  }

  @Override
  void start() {
    for (int i = 0; i < DIALLED_AT_ONCE; i++) {
      dialNext();
    }
  }

  private void dialNext() {
    if (dialled < slice.connections()) {
      dialled++;
      dial("", request -> new ExchangeHandler(this, this::ready, request));
    }
  }

  private void ready(ExchangeHandler connection) {
    idle.addLast(connection);
    if (running) {
      idle.removeFirst().send(System.nanoTime());
      return;
    }
    dialNext();
    if (idle.size() == slice.connections()) {
      running = true;
      int inFlight = slice.inFlight() > 0 ? slice.inFlight() : slice.connections();
      for (int i = 0; i < inFlight; i++) {
        idle.removeFirst().send(System.nanoTime());
      }
    }
  }

  @Override
  boolean isRunning() {
    return running;
  }
}
