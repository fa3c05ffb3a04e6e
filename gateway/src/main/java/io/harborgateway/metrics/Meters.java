package io.harborgateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** All meters of the gateway, by name. Safe for use by any thread. */
public final class Meters {
  private static final String PREFIX = "harbor.gateway.";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter descriptorsExhausted =
      registry.counter(PREFIX + "accept.paused", "reason", "out_of_descriptors");

  private final AtomicInteger natsConnected =
      Objects.requireNonNull(
          registry.gauge(PREFIX + "registration.connected", new AtomicInteger()));

  /** Returns the meters of one listener. */
  public ListenerMeters listener(String listener) {
    return new ListenerMeters(registry, PREFIX, listener);
  }

  /** Counts that accepting was paused because the process is out of file descriptors. */
  public void acceptPaused() {
    descriptorsExhausted.increment();
  }

  /** Returns the meters of one upstream. */
  public UpstreamMeters upstream(String upstream) {
    return new UpstreamMeters(registry, PREFIX, upstream);
  }

  /** Counts a message published on NATS. */
  public void published(String subject) {
    registry.counter(PREFIX + "registration.messages", "subject", subject).increment();
  }

  public void publishFailed() {
    registry.counter(PREFIX + "registration.failures").increment();
  }

  /** Counts that a route came into a state. */
  public void routeMoved(String state) {
    registry.counter(PREFIX + "registration.transitions", "to", state).increment();
  }

  /** Shows whether NATS is connected. */
  public void natsConnected(boolean connected) {
    natsConnected.set(connected ? 1 : 0);
  }

  /** Registers a value that is read when the metrics are: a level, not a count. */
  public void gauge(String name, Supplier<Number> value, String... tags) {
    Gauge.builder(PREFIX + name, value)
        .tags(Tags.of(tags))
        .strongReference(true)
        .register(registry);
  }

  /** Returns all meters in the Prometheus text format. */
  public String scrape() {
    return registry.scrape();
  }
}
