package io.harborgateway.benchmarks.load;

import org.HdrHistogram.Histogram;

/** What the load counts; confined to the client's event loop. */
final class Counters {
  long units;
  long bytes;

  long handshakes;

  /** Handshakes that were full where they should have resumed a session. */
  long notResumed;

  /** In nanoseconds, within 1%. */
  final Histogram latencies = new Histogram(2);
}
