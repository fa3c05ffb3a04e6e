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
 * The groups of meters, and Micrometer's registry of them, which is created on first scrape:
 * neither startup nor an event loop that counts something new waits for it. Thread-safe; all
 * methods except {@link #scrape} return at once.
 */
final class Registry {
  private final Set<MeterGroup> groups = ConcurrentHashMap.newKeySet();
  private final Set<MeterGroup> shown = new HashSet<>(); // in Micrometer; guarded by this
  private @Nullable PrometheusMeterRegistry registry; // guarded by this

  /**
   * Adds a group with its current and future meters. No two groups may have a meter with the same
   * name and tags.
   */
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

  /** Returns all meters in the Prometheus text format. May take a while. */
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

  /**
   * Updates the registry. Removed groups go first: another group may have meters of the same names
   * by now.
   */
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
