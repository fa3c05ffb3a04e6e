package io.harborgateway.control;

import io.harborgateway.config.HealthCheckConfig;
import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.InstanceUpstreamConfig;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.http.UpstreamPools;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.upstream.Upstream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams of one listener: its own, and those of instances with a dedicated one. Changed by
 * the control thread, read by event loops for each request.
 */
public final class UpstreamSet {
  /**
   * A snapshot of the upstreams. Immutable.
   *
   * @param own upstreams of instances, by GUID
   */
  record Members(CheckedUpstream fallback, Map<InstanceGuid, CheckedUpstream> own) {
    Members {
      own = Map.copyOf(own);
    }

    CheckedUpstream of(Instance instance) {
      CheckedUpstream upstream = own.isEmpty() ? null : own.get(instance.guid());
      return upstream == null ? fallback : upstream;
    }

    /** Configures all checks from the snapshot. On the control thread. */
    void configure(ListenerConfig listener, Snapshot snapshot) {
      List<Instance> instances = snapshot.routes().instances();
      fallback.configure(CheckedUpstream.Spec.of(listener.upstream(), snapshot), instances);
      for (InstanceConfig instance : snapshot.config().instances()) {
        CheckedUpstream upstream = own.get(instance.guid());
        for (InstanceUpstreamConfig section : instance.upstreams()) {
          if (upstream != null && section.listener().equals(listener.name())) {
            upstream.configure(CheckedUpstream.Spec.of(section.upstream(), snapshot), instances);
          }
        }
      }
    }

    /** Returns a copy with only the upstreams of these instances. */
    Members only(Set<InstanceGuid> present) {
      Map<InstanceGuid, CheckedUpstream> rest = new HashMap<>(own);
      rest.keySet().retainAll(present);
      return new Members(fallback, rest);
    }

    /** Returns a copy without upstreams retired since. On the control thread. */
    Members inUse() {
      Map<InstanceGuid, CheckedUpstream> rest = new HashMap<>(own);
      rest.values().removeIf(CheckedUpstream::isRetired);
      return new Members(fallback, rest);
    }

    List<CheckedUpstream> all() {
      List<CheckedUpstream> all = new ArrayList<>(own.values());
      all.add(fallback);
      return all;
    }
  }

  /** Creates an upstream, not started yet, for {@link #members}. */
  interface Factory {
    CheckedUpstream create(String label, CheckedUpstream.Spec spec) throws SSLException;
  }

  private final Set<InstanceGuid> kept = ConcurrentHashMap.newKeySet();
  private volatile Members members;

  UpstreamSet(Members members) {
    this.members = members;
  }

  /**
   * Returns a listener's members for the snapshot, reusing upstreams that connect to the same place
   * in the same way.
   *
   * @param before null if there are none to reuse
   * @throws SSLException if a TLS context can't be created
   */
  static Members members(
      ListenerConfig listener, Snapshot snapshot, @Nullable Members before, Factory factory)
      throws SSLException {
    var fallbackSpec = CheckedUpstream.Spec.of(listener.upstream(), snapshot);
    CheckedUpstream fallback =
        before != null && before.fallback.spec().connectsLike(fallbackSpec)
            ? before.fallback
            : factory.create(listener.name(), fallbackSpec);
    Map<InstanceGuid, CheckedUpstream> own = new HashMap<>();
    for (InstanceConfig instance : snapshot.config().instances()) {
      for (InstanceUpstreamConfig section : instance.upstreams()) {
        if (section.listener().equals(listener.name())) {
          var spec = CheckedUpstream.Spec.of(section.upstream(), snapshot);
          CheckedUpstream was = before == null ? null : before.own.get(instance.guid());
          own.put(
              instance.guid(),
              was != null && was.spec().connectsLike(spec)
                  ? was
                  : factory.create(listener.name() + "/" + instance.guid().value(), spec));
        }
      }
    }
    if (before != null && !own.keySet().containsAll(before.own.keySet())) {
      keepLeaving(before, snapshot, own);
    }
    return new Members(fallback, own);
  }

  /** Keeps the upstreams of removed instances while their names still resolve. */
  private static void keepLeaving(
      Members before, Snapshot snapshot, Map<InstanceGuid, CheckedUpstream> own) {
    Set<InstanceGuid> present = new HashSet<>();
    snapshot.routes().instances().forEach(instance -> present.add(instance.guid()));
    before.own.forEach((guid, upstream) -> {
      if (!present.contains(guid)) {
        own.put(guid, upstream);
      }
    });
  }

  /**
   * Returns the upstreams that a listener would have, with the configuration of their checks.
   *
   * @throws SSLException if a TLS context can't be created
   */
  public static Map<Upstream, HealthCheckConfig> planned(ListenerConfig listener, Snapshot snapshot)
      throws SSLException {
    Map<Upstream, HealthCheckConfig> planned = new LinkedHashMap<>();
    var fallback = CheckedUpstream.Spec.of(listener.upstream(), snapshot);
    planned.put(new Upstream(CheckedUpstream.settings(fallback)), listener.upstream().health());
    for (InstanceConfig instance : snapshot.config().instances()) {
      for (InstanceUpstreamConfig own : instance.upstreams()) {
        if (own.listener().equals(listener.name())) {
          var spec = CheckedUpstream.Spec.of(own.upstream(), snapshot);
          planned.put(new Upstream(CheckedUpstream.settings(spec)), own.upstream().health());
        }
      }
    }
    return planned;
  }

  Members members() {
    return members;
  }

  /**
   * Replaces all members; requests that begin from now on use the new ones. On the control thread.
   */
  void use(Members next) {
    members = next;
  }

  UpstreamPools pools(Instance instance) {
    return members.of(instance).pools();
  }

  CheckedUpstream of(Instance instance) {
    return members.of(instance);
  }

  CheckedUpstream fallback() {
    return members.fallback;
  }

  /**
   * Whether connections and requests for the instance are accepted: its upstream is up, or it is
   * kept.
   */
  boolean takes(Instance instance) {
    return of(instance).isUp() || keeps(instance);
  }

  /** Whether any upstream answers, or any instance is kept. */
  boolean takesAny() {
    return !kept.isEmpty() || members.all().stream().anyMatch(CheckedUpstream::isUp);
  }

  /**
   * Whether the instance's requests are answered with 503, because its upstream is down and this is
   * the last node that announces it.
   */
  boolean keeps(Instance instance) {
    return !kept.isEmpty() && kept.contains(instance.guid());
  }

  void keep(Instance instance, boolean keep) {
    if (keep) {
      kept.add(instance.guid());
    } else {
      kept.remove(instance.guid());
    }
  }

  /** Forgets all kept instances except for these. */
  void keepOnly(List<Instance> instances) {
    if (!kept.isEmpty()) {
      Set<InstanceGuid> known = new HashSet<>();
      instances.forEach(instance -> known.add(instance.guid()));
      kept.retainAll(known);
    }
  }

  /** Returns the upstreams of kept instances. */
  Set<CheckedUpstream> kept() {
    Set<CheckedUpstream> upstreams = new HashSet<>();
    Members now = members;
    kept.forEach(guid -> upstreams.add(now.own.getOrDefault(guid, now.fallback)));
    return upstreams;
  }
}
