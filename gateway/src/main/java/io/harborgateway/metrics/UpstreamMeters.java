package io.harborgateway.metrics;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * The meters of one upstream, shared by all users of its name, so that a replaced upstream
 * continues its predecessor's counts. Counts made after the last user has closed them are never
 * seen. Thread-safe.
 */
public final class UpstreamMeters implements AutoCloseable {
  private final MeterGroup group;
  private final Runnable closed;
  private final String upstream;
  private final LongAdder dialled;
  private final LongAdder reused;
  private final LongAdder repeated;

  private final List<Supplier<Integer>> idle = new CopyOnWriteArrayList<>();
  private final AtomicBoolean showsIdle = new AtomicBoolean();

  /**
   * @param group a group with only these meters
   * @param closed called by {@link #close}
   */
  UpstreamMeters(MeterGroup group, Runnable closed, String upstream) {
    this.group = group;
    this.closed = closed;
    this.upstream = upstream;
    this.dialled = group.counter("upstream.dials", "upstream", upstream, "outcome", "ok");
    this.reused = group.counter("upstream.reused", "upstream", upstream);
    this.repeated = group.counter("upstream.repeated", "upstream", upstream);
  }

  public void dialled() {
    dialled.increment();
  }

  /** Counts a request that was sent on a pooled connection. */
  public void reused() {
    reused.increment();
  }

  /** Counts a request that was sent once more because a pooled connection broke under it. */
  public void repeated() {
    repeated.increment();
  }

  /**
   * Counts a dial that failed.
   *
   * @param code code of the failure, as in the table of failures
   */
  public void dialFailed(String code) {
    group.counter("upstream.dials", "upstream", upstream, "outcome", code).increment();
  }

  /** Counts a failure of TLS, of traffic or of a check. */
  public void tlsFailed(String fault) {
    group.counter("upstream.tls.failures", "upstream", upstream, "reason", fault).increment();
  }

  /**
   * Adds a pool to the gauge of idle connections, which is read on each scrape and sums all pools.
   */
  public void showIdle(Supplier<Integer> pool) {
    idle.add(pool);
    if (showsIdle.compareAndSet(false, true)) {
      group.gauge(
          "upstream.idle.connections",
          () -> idle.stream().mapToInt(Supplier::get).sum(),
          "upstream",
          upstream);
    }
  }

  /** Removes a pool that no longer keeps any. */
  public void hideIdle(Supplier<Integer> pool) {
    idle.remove(pool);
  }

  /** Must be called once by each user; after the last call they are no longer shown. */
  @Override
  public void close() {
    closed.run();
  }
}
