package io.harborgateway.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Request durations: one histogram for each listener and instance. Thread-safe. */
final class RequestDurations implements Collector {
  private static final String NAME = "harbor_gateway_request_duration_seconds";

  private static final String HELP =
      "From the first byte of a request's head to the last of its response";

  /** Upper bounds of the buckets; the last has none. */
  private static final double[] SECONDS = {
    .001, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30, 120, 900, Double.POSITIVE_INFINITY
  };

  private static final long[] NANOS = new long[SECONDS.length];

  static {
    for (int i = 0; i < NANOS.length; i++) {
      NANOS[i] = (long) (SECONDS[i] * TimeUnit.SECONDS.toNanos(1)); // infinity: Long.MAX_VALUE
    }
  }

  private final Supplier<Stream<Histogram>> histograms;

  /** One of the histograms. */
  static final class Histogram {
    private final Labels labels;
    private final LongAdder[] buckets = new LongAdder[NANOS.length];
    private final LongAdder nanos = new LongAdder();

    Histogram(String listener, String instance) {
      labels = Labels.of("instance", instance, "listener", listener);
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
    }

    void record(long duration) {
      int bucket = 0;
      while (duration > NANOS[bucket]) {
        bucket++;
      }
      buckets[bucket].increment();
      nanos.add(duration);
    }

    private HistogramDataPointSnapshot snapshot() {
      long[] counts = Arrays.stream(buckets).mapToLong(LongAdder::sum).toArray();
      return HistogramDataPointSnapshot.builder()
          .labels(labels)
          .classicHistogramBuckets(ClassicHistogramBuckets.of(SECONDS, counts))
          .sum((double) nanos.sum() / TimeUnit.SECONDS.toNanos(1))
          .build();
    }
  }

  /**
   * @param histograms returns the histograms to show
   */
  RequestDurations(Supplier<Stream<Histogram>> histograms) {
    this.histograms = histograms;
  }

  @Override
  public MetricSnapshot collect() {
    return new HistogramSnapshot(
        new MetricMetadata(NAME, HELP, Unit.SECONDS),
        histograms.get().map(Histogram::snapshot).toList());
  }
}
