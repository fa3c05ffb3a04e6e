package io.harborgateway.metrics;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** All meters of the gateway, by name. Safe for use by any thread; only a scrape takes time. */
public final class Meters {
  private final Registry registry = new Registry();
  private final RequestDurations durations = new RequestDurations();
  private final LongAdder descriptorsExhausted =
      registry.counter("accept.paused", "reason", "out_of_descriptors");
  private volatile boolean natsConnected;

  /** Makes the meters; nothing is counted yet. */
  public Meters() {
    registry.collector(durations);
    registry.gauge("registration.connected", () -> natsConnected ? 1 : 0);
  }

  /** Returns the meters of one listener. */
  public ListenerMeters listener(String listener) {
    return new ListenerMeters(registry, durations, listener);
  }

  /** Counts that accepting was paused because the process is out of file descriptors. */
  public void acceptPaused() {
    descriptorsExhausted.increment();
  }

  /** Returns the meters of one upstream. */
  public UpstreamMeters upstream(String upstream) {
    return new UpstreamMeters(registry, upstream);
  }

  /** Counts a message published on NATS. */
  public void published(String subject) {
    registry.counter("registration.messages", "subject", subject).increment();
  }

  public void publishFailed() {
    registry.counter("registration.failures").increment();
  }

  /** Counts that a route came into a state. */
  public void routeMoved(String state) {
    registry.counter("registration.transitions", "to", state).increment();
  }

  /** Shows whether NATS is connected. */
  public void natsConnected(boolean connected) {
    natsConnected = connected;
  }

  /** Registers a value that is read when the metrics are: a level, not a count. */
  public void gauge(String name, Supplier<Number> value, String... tags) {
    registry.gauge(name, value, tags);
  }

  /** Returns all meters in the Prometheus text format. */
  public String scrape() {
    return registry.scrape();
  }
}
