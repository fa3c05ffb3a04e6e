package io.harborgateway.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** All meters of the gateway, by name. Thread-safe; only a scrape takes time. */
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

  /** Creates the meters, with nothing counted yet. */
  public Meters() {
    process.gauge("registration.connected", () -> natsConnected ? 1 : 0);
  }

  /** Returns the meters of one listener; the caller closes them when the listener is gone. */
  public ListenerMeters listener(String listener) {
    return listeners.get(listener);
  }

  /** Counts that accepting was paused because the process is out of file descriptors. */
  public void acceptPaused() {
    descriptorsExhausted.increment();
  }

  /** Returns the meters of one upstream; the caller closes them when the upstream is gone. */
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

  /** Counts a certificate that the gateway has issued, or could not issue. */
  public void issued(boolean success) {
    process.counter("certificates.issued", "outcome", success ? "success" : "failure").increment();
  }

  public void publishFailed() {
    process.counter("registration.failures").increment();
  }

  /** Counts a route that entered a state. */
  public void routeMoved(String state) {
    process.counter("registration.transitions", "to", state).increment();
  }

  /** Counts a node event. */
  public void nodeEvent(String kind) {
    process.counter("node.events", "kind", kind).increment();
  }

  /** Sets whether NATS is connected. */
  public void natsConnected(boolean connected) {
    natsConnected = connected;
  }

  /**
   * Registers a gauge that is read on each scrape. It replaces one with the same name and tags.
   *
   * @return an action that removes it, unless it has been replaced
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
