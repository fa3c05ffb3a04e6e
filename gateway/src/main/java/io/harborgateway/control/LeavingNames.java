package io.harborgateway.control;

import io.harborgateway.config.values.HostName;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import io.harborgateway.snapshot.Snapshot;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names that a snapshot has no more, and that still resolve for a while: routers are told of the
 * withdrawal first. Confined to the control thread.
 */
final class LeavingNames {
  /**
   * One of them.
   *
   * @param target what it leads to until then
   * @param snapshot of that instance
   */
  private record Leaving(Instance target, Snapshot snapshot, long untilNanos) {}

  private final Map<HostName, Leaving> names = new LinkedHashMap<>();

  /** Returns the names of the one snapshot that the other has not, and where they led. */
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
   * Keeps names that have left.
   *
   * @param untilNanos when they are forgotten, as {@link System#nanoTime}
   */
  void add(Map<HostName, Instance> left, Snapshot snapshot, long untilNanos) {
    left.forEach((name, target) -> names.put(name, new Leaving(target, snapshot, untilNanos)));
  }

  /** Forgets those whose time is up, and those that the snapshot has again. */
  void forget(Snapshot next, long nowNanos) {
    names
        .entrySet()
        .removeIf(entry ->
            entry.getValue().untilNanos - nowNanos <= 0
                || next.routes().lookup(entry.getKey().value()) != null);
  }

  /** Returns the routes of the snapshot together with what is leaving. */
  RouteTable routes(Snapshot next) {
    if (names.isEmpty()) {
      return next.routes();
    }
    Map<HostName, Instance> targets = new HashMap<>();
    names.forEach((name, leaving) -> targets.put(name, leaving.target));
    return RouteTable.of(next.routes().instances(), targets);
  }

  /** Returns the instances that are leaving, each with the snapshot that it is of. */
  Map<Instance, Snapshot> instances() {
    Map<Instance, Snapshot> instances = new HashMap<>();
    names.values().forEach(leaving -> instances.put(leaving.target, leaving.snapshot));
    return Map.copyOf(instances);
  }
}
