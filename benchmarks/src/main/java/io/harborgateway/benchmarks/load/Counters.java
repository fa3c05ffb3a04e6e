package io.harborgateway.benchmarks.load;

/** What the load counts; confined to the client's event loop. */
final class Counters {
  long units;
  long bytes;

  long handshakes;

  /** Handshakes that were full where they should have resumed a session. */
  long notResumed;

  final LatencyHistogram latencies = new LatencyHistogram();
}
