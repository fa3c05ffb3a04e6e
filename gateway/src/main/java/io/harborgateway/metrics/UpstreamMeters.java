package io.harborgateway.metrics;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** The meters of one upstream. Safe for use by any thread. */
public final class UpstreamMeters {
  private final Registry registry;
  private final String upstream;
  private final LongAdder dialled;
  private final LongAdder reused;
  private final LongAdder repeated;

  UpstreamMeters(Registry registry, String upstream) {
    this.registry = registry;
    this.upstream = upstream;
    this.dialled = registry.counter("upstream.dials", "upstream", upstream, "outcome", "ok");
    this.reused = registry.counter("upstream.reused", "upstream", upstream);
    this.repeated = registry.counter("upstream.repeated", "upstream", upstream);
  }

  public void dialled() {
    dialled.increment();
  }

  /** Counts a request that was sent on a kept connection. */
  public void reused() {
    reused.increment();
  }

  /** Counts a request that was sent once more, because a kept connection broke under it. */
  public void repeated() {
    repeated.increment();
  }

  /**
   * Counts a dial that failed.
   *
   * @param outcome why the dial failed, in lower case
   */
  public void dialFailed(String outcome) {
    registry.counter("upstream.dials", "upstream", upstream, "outcome", outcome).increment();
  }

  /** Shows the number of idle connections kept, read when the metrics are. */
  public void showIdle(Supplier<Number> idle) {
    registry.gauge("upstream.idle.connections", idle, "upstream", upstream);
  }
}
