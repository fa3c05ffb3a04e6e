package io.harborgateway.benchmarks.load;

/**
 * {@link Slice.Kind#HOLD}: opens connections, a few at a time, sends one request on each, and
 * leaves them open when all are answered.
 */
final class HoldLoad extends Load {
  /** Below the backlog of every peer's listener. */
  private static final int AT_ONCE = 64;

  private int dialled;
  private int answered;

  HoldLoad(Slice slice, Dialer dialer) {
    super(slice, dialer);
  }

  @Override
  void start() {
    for (int i = 0; i < AT_ONCE; i++) {
      dialNext();
    }
  }

  private void dialNext() {
    if (dialled < slice.connections()) {
      dialled++;
      dial("", request -> new ExchangeHandler(this, new Once(), request));
    }
  }

  @Override
  boolean isDone() {
    return answered == slice.connections();
  }

  /** The turns of one connection: it sends, it is answered. */
  private final class Once implements ExchangeHandler.Owner {
    private boolean sent;

    @Override
    public void ready(ExchangeHandler connection) {
      if (sent) {
        answered++;
        return;
      }
      sent = true;
      connection.send(System.nanoTime());
      dialNext();
    }
  }
}
