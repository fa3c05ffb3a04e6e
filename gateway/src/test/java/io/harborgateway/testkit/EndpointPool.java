package io.harborgateway.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The endpoints of one uri, as gorouter's pool of the same name. Thread-safe. */
final class EndpointPool {
  /** A quarter of the stale threshold. */
  private static final Duration RETRY_AFTER_FAILURE = RegistryMessage.STALE_THRESHOLD.dividedBy(4);

  private static final int MAX_REQUESTS = 500;

  private final LongSupplier nanos;
  private final List<Backend> backends = new ArrayList<>(); // guarded by this
  private int next = -1; // guarded by this

  /** An endpoint and its connections. */
  static final class Backend {
    private final AtomicInteger running = new AtomicInteger();
    private RouterEndpoint endpoint; // these guarded by the pool
    private BackendTransport transport;
    private long updated;
    private @Nullable Long failed;

    private Backend(RouterEndpoint endpoint, BackendTransport transport, long updated) {
      this.endpoint = endpoint;
      this.transport = transport;
      this.updated = updated;
    }
  }

  /** What was selected for one attempt; a later registration does not change it. */
  record Selected(Backend backend, RouterEndpoint endpoint, BackendTransport transport) {
    /** Counts a request that begins. */
    void begin() {
      backend.running.incrementAndGet();
    }

    /** Counts it off. */
    void end() {
      backend.running.decrementAndGet();
    }
  }

  /**
   * An empty pool.
   *
   * @param nanos a clock such as {@link System#nanoTime}
   */
  EndpointPool(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Adds an endpoint, or renews it. It keeps its connections as long as the name in its certificate
   * is the same.
   *
   * @param fresh makes connections for it
   */
  synchronized void put(RouterEndpoint endpoint, Supplier<BackendTransport> fresh) {
    Optional<Backend> known = find(endpoint);
    if (known.isEmpty()) {
      backends.add(new Backend(endpoint, fresh.get(), nanos.getAsLong()));
      return;
    }
    Backend backend = known.get();
    RouterEndpoint before = backend.endpoint;
    if (!before.serverCertDomainSan().equals(endpoint.serverCertDomainSan())
        || before.tls() != endpoint.tls()) {
      backend.transport = fresh.get();
    }
    backend.endpoint = endpoint;
    backend.updated = nanos.getAsLong();
  }

  /** Takes the endpoint of this address out. */
  synchronized void remove(RouterEndpoint endpoint) {
    find(endpoint).ifPresent(backends::remove);
  }

  /** Takes plain endpoints out that were not registered for their stale threshold. */
  synchronized void pruneStale() {
    long now = nanos.getAsLong();
    backends.removeIf(backend ->
        !backend.endpoint.tls()
            && now - backend.updated > backend.endpoint.staleThreshold().toNanos());
  }

  /** What follows from a failed attempt. */
  synchronized void failed(Selected selected, BackendFailure failure) {
    Optional<Backend> known = find(selected.endpoint());
    if (known.isEmpty() || failure.mark() == BackendFailure.Mark.NONE) {
      return;
    }
    if (failure.mark() == BackendFailure.Mark.PRUNED && known.get().endpoint.tls()) {
      backends.remove(known.get());
    } else {
      known.get().failed = nanos.getAsLong();
    }
  }

  /** The endpoints in the order of their registration. */
  synchronized List<RouterEndpoint> endpoints() {
    return backends.stream().map(backend -> backend.endpoint).toList();
  }

  /** How many endpoints there are. */
  synchronized int size() {
    return backends.size();
  }

  /** Whether there are endpoints, and each has as many requests as it may. */
  synchronized boolean isOverloaded() {
    return !backends.isEmpty() && backends.stream().allMatch(EndpointPool::isFull);
  }

  /** A pool of the one endpoint of this app and index; what fails there is not marked here. */
  synchronized EndpointPool ofInstance(String app, String index) {
    var pool = new EndpointPool(nanos);
    backends.stream()
        .filter(backend ->
            backend.endpoint.app().equals(app)
                && backend.endpoint.privateInstanceIndex().equals(index))
        .reduce((first, last) -> last)
        .ifPresent(backend -> pool.put(backend.endpoint, () -> backend.transport));
    return pool;
  }

  /** Endpoints for the attempts of one request. */
  Selection selection() {
    return new Selection();
  }

  /** Round-robin from where the request before it began. */
  final class Selection {
    private int position = -1;

    /** The next endpoint; null when there is none, or none that may have another request. */
    @Nullable Selected next() {
      synchronized (EndpointPool.this) {
        if (backends.stream().allMatch(EndpointPool::isFull)) {
          return null;
        }
        int found = select(position);
        position = found + 1;
        Backend backend = backends.get(found);
        return new Selected(backend, backend.endpoint, backend.transport);
      }
    }
  }

  private int select(int from) {
    int size = backends.size();
    int start = from < 0 ? nextStart() : from % size;
    int found = firstEligible(start);
    if (found < 0) {
      backends.forEach(backend -> backend.failed = null); // all have failed: each gets a chance
      found = firstEligible(start);
    }
    return found < 0 ? start : found;
  }

  /** The index of the first one from there that has not failed and is not full, or -1. */
  private int firstEligible(int start) {
    for (int i = 0; i < backends.size(); i++) {
      int current = (start + i) % backends.size();
      if (isEligible(backends.get(current))) {
        return current;
      }
    }
    return -1;
  }

  private int nextStart() {
    int size = backends.size();
    int start = next < 0 ? ThreadLocalRandom.current().nextInt(size) : next % size;
    next = (start + 1) % size;
    return start;
  }

  private boolean isEligible(Backend backend) {
    Long failed = backend.failed;
    boolean passedOver =
        failed != null && nanos.getAsLong() - failed <= RETRY_AFTER_FAILURE.toNanos();
    return !passedOver && !isFull(backend);
  }

  private static boolean isFull(Backend backend) {
    return backend.running.get() >= MAX_REQUESTS;
  }

  private Optional<Backend> find(RouterEndpoint endpoint) {
    return backends.stream()
        .filter(backend -> backend.endpoint.address().equals(endpoint.address()))
        .findFirst();
  }
}
