package io.harborgateway.metrics;

import io.harborgateway.metrics.RequestDurations.Histogram;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is counted, and Micrometer's registry of it, which is made when it is first read: a start
 * does not wait for it, nor does an event loop that counts something new. Safe for use by any
 * thread; all but {@link #scrape} return at once.
 */
final class Registry {
  private final Set<MeterGroup> groups = ConcurrentHashMap.newKeySet();
  private final Set<MeterGroup> shown = new HashSet<>(); // by Micrometer; guarded by this
  private @Nullable PrometheusMeterRegistry registry; // guarded by this

  /** Adds a group, with whatever it has or gets. No two have a meter of the same name and tags. */
  MeterGroup add(MeterGroup group) {
    groups.add(group);
    return group;
  }

  /** Removes a group; its meters are not in the next scrape. */
  void remove(MeterGroup group) {
    groups.remove(group);
  }

  private Stream<Histogram> histograms() {
    return groups.stream().flatMap(group -> group.histograms().stream());
  }

  /** Returns all in the Prometheus text format. May take a while. */
  synchronized String scrape() {
    PrometheusMeterRegistry current = registry;
    if (current == null) {
      current = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      current.getPrometheusRegistry().register(new RequestDurations(this::histograms));
      registry = current;
    }
    update(current);
    return current.scrape();
  }

  /** Those removed go first: another group may have meters of the same names by now. */
  private void update(PrometheusMeterRegistry current) {
    Set<MeterGroup> now = Set.copyOf(groups);
    for (MeterGroup group : Set.copyOf(shown)) {
      if (!now.contains(group)) {
        group.removeFrom(current);
        shown.remove(group);
      }
    }
    for (MeterGroup group : now) {
      group.registerWith(current);
      shown.add(group);
    }
  }
}
