package io.harborgateway.benchmarks.load;

import org.jspecify.annotations.Nullable;

/**
 * What happened in the steady part of a slice.
 *
 * @param units exchanges, connections or handshakes that ended; of {@link Slice.Kind#FIRST} the
 *     moment of the answer, of {@link System#nanoTime}, which is one clock for all processes
 * @param bytes of bodies, sent or received
 * @param seconds wall time
 * @param cpuSeconds user and system time of the processes of the slice
 * @param foreignCores how many cores other processes of the machine kept busy meanwhile
 * @param p50Micros median latency; 0 where none is measured
 * @param p99Micros of 100 latencies one is longer; 0 where none is measured
 * @param failure why the figures are void
 */
public record SliceResult(
    long units,
    long bytes,
    double seconds,
    double cpuSeconds,
    double foreignCores,
    double p50Micros,
    double p99Micros,
    @Nullable String failure) {

  /** Returns the result of what only counts. */
  static SliceResult counted(long units) {
    return new SliceResult(units, 0, 0, 0, 0, 0, 0, null);
  }

  static SliceResult failed(String failure) {
    return new SliceResult(0, 0, 0, 0, 0, 0, 0, failure);
  }
}
