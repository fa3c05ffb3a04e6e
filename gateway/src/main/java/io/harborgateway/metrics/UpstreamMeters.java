package io.harborgateway.metrics;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * The meters of one upstream, the same for all who ask for those of its name: one that is replaced
 * goes on where the other was. What is counted once the last of them has closed is seen by nobody.
 * Safe for use by any thread.
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
   * @param group of these only
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

  /** Counts a request that was sent on a kept connection. */
  public void reused() {
    reused.increment();
  }

  /** Counts a request that was sent once more, because a kept connection broke under it. */
  public void repeated() {
    repeated.increment();
  }

  /**
   * Counts a dial that failed.
   *
   * @param code of the failure, as in the table of failures
   */
  public void dialFailed(String code) {
    group.counter("upstream.dials", "upstream", upstream, "outcome", code).increment();
  }

  /**
   * Shows the number of idle connections kept, read when the metrics are; that of several pools is
   * their sum.
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

  /** Forgets a pool that keeps none any more. */
  public void hideIdle(Supplier<Integer> pool) {
    idle.remove(pool);
  }

  /** To be called once by each who asked for them; after the last call they are shown no more. */
  @Override
  public void close() {
    closed.run();
  }
}
