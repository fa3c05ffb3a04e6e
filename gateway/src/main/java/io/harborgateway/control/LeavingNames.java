package io.harborgateway.control;

import io.harborgateway.config.values.HostName;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.snapshot.Snapshot;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names that the snapshot no longer has, but that still resolve for a while: routers are told of
 * the withdrawal first. Confined to the control thread.
 */
final class LeavingNames {
  /**
   * A leaving name.
   *
   * @param target the instance it leads to until then
   * @param snapshot the snapshot of that instance
   */
  private record Leaving(Instance target, Snapshot snapshot, long untilNanos) {}

  private final Map<HostName, Leaving> names = new LinkedHashMap<>();

  /**
   * Returns the names of the first snapshot that the second lacks, with the instances they led to.
   */
  static Map<HostName, Instance> between(Snapshot before, Snapshot after) {
    Map<HostName, Instance> left = new HashMap<>();
    if (before.routes().instances().equals(after.routes().instances())) {
      return left;
    }
    for (Instance instance : before.routes().instances()) {
      for (HostName name : instance.names()) {
        if (after.routes().lookup(name.value()) == null) {
          left.put(name, instance);
        }
      }
    }
    return left;
  }

  /**
   * Keeps names that have been removed.
   *
   * @param untilNanos when to forget them, by {@link System#nanoTime}
   */
  void add(Map<HostName, Instance> left, Snapshot snapshot, long untilNanos) {
    left.forEach((name, target) -> names.put(name, new Leaving(target, snapshot, untilNanos)));
  }

  /** Forgets names whose time is up, and names that the snapshot has again. */
  void forget(Snapshot next, long nowNanos) {
    names
        .entrySet()
        .removeIf(entry ->
            entry.getValue().untilNanos - nowNanos <= 0
                || next.routes().lookup(entry.getKey().value()) != null);
  }

  /** Returns the routes of the snapshot together with the leaving names. */
  RouteTable routes(Snapshot next) {
    if (names.isEmpty()) {
      return next.routes();
    }
    Map<HostName, Instance> targets = new HashMap<>();
    names.forEach((name, leaving) -> targets.put(name, leaving.target));
    return RouteTable.of(next.routes().instances(), targets)
        .withDefault(next.config().tls().defaultInstance());
  }

  /** Returns the leaving instances, each with the snapshot it belongs to. */
  Map<Instance, Snapshot> instances() {
    Map<Instance, Snapshot> instances = new HashMap<>();
    names.values().forEach(leaving -> instances.put(leaving.target, leaving.snapshot));
    return Map.copyOf(instances);
  }
}
