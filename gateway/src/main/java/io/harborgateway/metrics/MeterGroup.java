package io.harborgateway.metrics;

import io.harborgateway.metrics.RequestDurations.Histogram;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Meters that come and go together, such as those of one upstream. They are shown while the group
 * is part of a {@link Registry}; later counts are never seen. Thread-safe; nothing blocks.
 */
final class MeterGroup {
  private static final String PREFIX = "harbor.gateway.";

  /** Its methods are written out for startup time: see InstanceGuid. */
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
  private final Queue<Histogram> histograms = new ConcurrentLinkedQueue<>();
  private final Queue<Function<MeterRegistry, Meter>> unregistered = new ConcurrentLinkedQueue<>();
  private final List<Meter> registered = new ArrayList<>(); // guarded by the Registry

  /**
   * Returns the counter with this name and tags; always the same one.
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

  /** Adds a value that is read on each scrape. */
  void gauge(String name, Supplier<Number> value, String... tags) {
    unregistered.add(registry ->
        Gauge.builder(PREFIX + name, value).tags(tags).strongReference(true).register(registry));
  }

  /** Returns a new histogram of request durations. */
  Histogram durations(String listener, String instance) {
    var added = new Histogram(listener, instance);
    histograms.add(added);
    return added;
  }

  Queue<Histogram> histograms() {
    return histograms;
  }

  /** Registers the meters that are new since the last call. */
  void registerWith(MeterRegistry registry) {
    for (var next = unregistered.poll(); next != null; next = unregistered.poll()) {
      registered.add(next.apply(registry));
    }
  }

  void removeFrom(MeterRegistry registry) {
    registered.forEach(registry::remove);
    registered.clear();
  }
}
