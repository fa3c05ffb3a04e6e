package io.harborgateway.testkit;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a {@link Gorouter}: uri to endpoints. A uri goes with the last endpoint that is
 * unregistered, as by BOSH's {@code empty_pool_timeout: 0s}; one whose last endpoint was pruned
 * stays, and is told from one that never was. Stale endpoints are gone at once; a real gorouter
 * looks for them every 30 s. Thread-safe.
 */
final class EndpointTable {
  private final LongSupplier nanos;
  private final Function<RouterEndpoint, BackendTransport> transports;
  private final Map<String, EndpointPool> pools = new HashMap<>(); // guarded by this

  /**
   * An empty table.
   *
   * @param nanos a clock such as {@link System#nanoTime}
   * @param transports makes the connections of an endpoint
   */
  EndpointTable(LongSupplier nanos, Function<RouterEndpoint, BackendTransport> transports) {
    this.nanos = nanos;
    this.transports = transports;
  }

  /** Takes a message on {@code router.register}: its uris share one endpoint's connections. */
  synchronized void register(RegistryMessage message) {
    Supplier<BackendTransport> shared = once(() -> transports.apply(message.endpoint()));
    for (String uri : message.uris()) {
      pools
          .computeIfAbsent(uri, unknown -> new EndpointPool(nanos))
          .put(message.endpoint(), shared);
    }
  }

  /** Takes a message on {@code router.unregister}. */
  synchronized void unregister(RegistryMessage message) {
    for (String uri : message.uris()) {
      EndpointPool pool = pools.get(uri);
      if (pool != null) {
        pool.remove(message.endpoint());
        if (pool.size() == 0) {
          pools.remove(uri);
        }
      }
    }
  }

  /** The endpoints of a Host, with or without its port; null when it was never registered. */
  synchronized @Nullable EndpointPool lookup(String host) {
    int colon = host.lastIndexOf(':');
    EndpointPool pool =
        pools.get((colon < 0 ? host : host.substring(0, colon)).toLowerCase(Locale.ROOT));
    if (pool != null) {
      pool.pruneStale();
    }
    return pool;
  }

  /** The endpoints of a uri, in the order of their registration. */
  List<RouterEndpoint> endpoints(String uri) {
    EndpointPool pool = lookup(uri);
    return pool == null ? List.of() : pool.endpoints();
  }

  /** Forgets everything. */
  synchronized void clear() {
    pools.clear();
  }

  @Override
  public synchronized String toString() {
    return pools.entrySet().stream()
        .map(entry -> entry.getKey() + " -> " + entry.getValue().endpoints())
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  private static <T> Supplier<T> once(Supplier<T> maker) {
    return new Supplier<>() {
      private @Nullable T made;

      @Override
      public T get() {
        T present = made;
        if (present == null) {
          present = maker.get();
          made = present;
        }
        return present;
      }
    };
  }
}
