package io.harborgateway.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.Collector;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is counted, and Micrometer's registry of it, which is made when it is first read: a start
 * does not wait for it, nor does an event loop that counts something new. Safe for use by any
 * thread; all but {@link #scrape} return at once.
 */
final class Registry {
  private static final String PREFIX = "harbor.gateway.";

  /** Its methods are written out for the start: see InstanceGuid. */
  private record Key(String name, List<String> tags) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && name.equals(key.name) && tags.equals(key.tags);
    }

    @Override
    public int hashCode() {
      return 31 * name.hashCode() + tags.hashCode();
    }
  }

  private final ConcurrentMap<Key, LongAdder> counters = new ConcurrentHashMap<>();
  private final Queue<Consumer<PrometheusMeterRegistry>> unregistered =
      new ConcurrentLinkedQueue<>();
  private @Nullable PrometheusMeterRegistry registry; // guarded by this

  /**
   * Returns the counter of this name and tags, the same for all who ask.
   *
   * @param tags key, value, key, value
   */
  LongAdder counter(String name, String... tags) {
    return counters.computeIfAbsent(new Key(name, List.of(tags)), this::newCounter);
  }

  private LongAdder newCounter(Key key) {
    var counter = new LongAdder();
    Tags tags = Tags.of(key.tags.toArray(String[]::new));
    unregistered.add(registry ->
        FunctionCounter.builder(PREFIX + key.name, counter, LongAdder::sum)
            .tags(tags)
            .register(registry));
    return counter;
  }

  /** Registers a value that is read when the metrics are. */
  void gauge(String name, Supplier<Number> value, String... tags) {
    unregistered.add(registry ->
        Gauge.builder(PREFIX + name, value).tags(tags).strongReference(true).register(registry));
  }

  /** Registers what Micrometer has no meter for. */
  void collector(Collector collector) {
    unregistered.add(registry -> registry.getPrometheusRegistry().register(collector));
  }

  /** Returns all in the Prometheus text format. May take a while. */
  synchronized String scrape() {
    if (registry == null) {
      registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }
    for (var next = unregistered.poll(); next != null; next = unregistered.poll()) {
      next.accept(registry);
    }
    return registry.scrape();
  }
}
