package io.harborgateway.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** All meters of the gateway, by name. Safe for use by any thread; only a scrape takes time. */
public final class Meters {
  private final Registry registry = new Registry();
  private final MeterGroup process = registry.add(new MeterGroup());
  private final SharedMeters<ListenerMeters> listeners =
      new SharedMeters<>(registry, ListenerMeters::new);
  private final SharedMeters<UpstreamMeters> upstreams =
      new SharedMeters<>(registry, UpstreamMeters::new);
  private final LongAdder descriptorsExhausted =
      process.counter("accept.paused", "reason", "out_of_descriptors");
  private final Map<List<String>, MeterGroup> gauges = new HashMap<>(); // guarded by this
  private volatile boolean natsConnected;

  /** Makes the meters; nothing is counted yet. */
  public Meters() {
    process.gauge("registration.connected", () -> natsConnected ? 1 : 0);
  }

  /** Returns the meters of one listener, for the caller to close when it is gone. */
  public ListenerMeters listener(String listener) {
    return listeners.get(listener);
  }

  /** Counts that accepting was paused because the process is out of file descriptors. */
  public void acceptPaused() {
    descriptorsExhausted.increment();
  }

  /** Returns the meters of one upstream, for the caller to close when it is gone. */
  public UpstreamMeters upstream(String upstream) {
    return upstreams.get(upstream);
  }

  /** Counts a message published on NATS. */
  public void published(String subject) {
    process.counter("registration.messages", "subject", subject).increment();
  }

  /** Counts a reload of the configuration. */
  public void reloaded(String outcome) {
    process.counter("config.reloads", "outcome", outcome).increment();
  }

  public void publishFailed() {
    process.counter("registration.failures").increment();
  }

  /** Counts that a route came into a state. */
  public void routeMoved(String state) {
    process.counter("registration.transitions", "to", state).increment();
  }

  /** Counts something that has happened to the node. */
  public void nodeEvent(String kind) {
    process.counter("node.events", "kind", kind).increment();
  }

  /** Shows whether NATS is connected. */
  public void natsConnected(boolean connected) {
    natsConnected = connected;
  }

  /**
   * Shows a value that is read when the metrics are: a level, not a count. It takes the place of
   * one of the same name and tags.
   *
   * @return removes it, if nothing has taken its place
   */
  public synchronized Runnable gauge(String name, Supplier<Number> value, String... tags) {
    List<String> key = Stream.concat(Stream.of(name), Stream.of(tags)).toList();
    var group = new MeterGroup();
    group.gauge(name, value, tags);
    MeterGroup before = gauges.put(key, group);
    if (before != null) {
      registry.remove(before);
    }
    registry.add(group);
    return () -> removeGauge(key, group);
  }

  private synchronized void removeGauge(List<String> key, MeterGroup group) {
    if (gauges.remove(key, group)) {
      registry.remove(group);
    }
  }

  /** Returns all meters in the Prometheus text format. */
  public String scrape() {
    return registry.scrape();
  }
}
