package io.harborgateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** The meters of one upstream. Safe for use by any thread. */
public final class UpstreamMeters {
  private final MeterRegistry registry;
  private final String prefix;
  private final String upstream;
  private final Counter dialled;
  private final Counter reused;

  UpstreamMeters(MeterRegistry registry, String prefix, String upstream) {
    this.registry = registry;
    this.prefix = prefix;
    this.upstream = upstream;
    this.dialled =
        registry.counter(prefix + "upstream.dials", "upstream", upstream, "outcome", "ok");
    this.reused = registry.counter(prefix + "upstream.reused", "upstream", upstream);
  }

  public void dialled() {
    dialled.increment();
  }

  /** Counts a request that was sent on a kept connection. */
  public void reused() {
    reused.increment();
  }

  /**
   * Counts a dial that failed.
   *
   * @param outcome why the dial failed, in lower case
   */
  public void dialFailed(String outcome) {
    registry
        .counter(prefix + "upstream.dials", "upstream", upstream, "outcome", outcome)
        .increment();
  }

  /** Shows the number of idle connections kept, read when the metrics are. */
  public void showIdle(Supplier<Number> idle) {
    Gauge.builder(prefix + "upstream.idle.connections", idle)
        .tags("upstream", upstream)
        .strongReference(true)
        .register(registry);
  }
}
