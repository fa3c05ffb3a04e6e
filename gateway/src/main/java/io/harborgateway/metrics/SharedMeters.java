package io.harborgateway.metrics;

import java.util.HashMap;
import java.util.Map;

/**
 * Meters by the name of what they measure: created on first use, shared by all users, and removed
 * from the registry when the last one has closed them. Thread-safe.
 */
final class SharedMeters<M> {
  /** Creates the meters of one name, which call {@code closed} each time they are closed. */
  interface Factory<M> {
    M of(MeterGroup group, Runnable closed, String name);
  }

  private static final class Shared<M> {
    final MeterGroup group = new MeterGroup();
    final M meters;
    int users; // guarded by the SharedMeters

    Shared(Factory<M> factory, Runnable closed, String name) {
      meters = factory.of(group, closed, name);
    }
  }

  private final Registry registry;
  private final Factory<M> factory;
  private final Map<String, Shared<M>> byName = new HashMap<>(); // guarded by this

  SharedMeters(Registry registry, Factory<M> factory) {
    this.registry = registry;
    this.factory = factory;
  }

  synchronized M get(String name) {
    Shared<M> shared = byName.get(name);
    if (shared == null) {
      shared = new Shared<>(factory, () -> closed(name), name);
      byName.put(name, shared);
      registry.add(shared.group);
    }
    shared.users++;
    return shared.meters;
  }

  private synchronized void closed(String name) {
    Shared<M> shared = byName.get(name);
    if (shared != null && --shared.users == 0) {
      byName.remove(name);
      registry.remove(shared.group);
    }
  }
}
