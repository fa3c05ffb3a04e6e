package io.harborgateway.benchmarks.load;

import java.util.Arrays;

/**
 * Counts of durations from 1 ns to the longest that a long holds, each within 1.6% of its value: 64
 * steps between a power of two and the next. For one thread.
 */
final class LatencyHistogram {
  private static final int STEP_BITS = 6;
  private static final int STEPS = 1 << STEP_BITS;

  private final long[] counts = new long[(Long.SIZE - STEP_BITS) * STEPS];
  private long total;

  void record(long nanos) {
    counts[index(Math.max(1, nanos))]++;
    total++;
  }

  void clear() {
    Arrays.fill(counts, 0);
    total = 0;
  }

  /**
   * Returns the value that the share of all is not above, in nanoseconds; 0 when there is none.
   *
   * @param share above 0, at most 1
   */
  double quantile(double share) {
    long rank = (long) Math.ceil(share * total);
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank && rank > 0) {
        return upperEnd(i);
      }
    }
    return 0;
  }

  private static int index(long value) {
    int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
    if (exponent <= STEP_BITS) {
      return (int) value;
    }
    int shift = exponent - STEP_BITS;
    return (shift << STEP_BITS) + (int) (value >>> shift);
  }

  private static double upperEnd(int index) {
    if (index < 2 * STEPS) {
      return index;
    }
    int shift = (index >> STEP_BITS) - 1;
    return ((double) (index - (shift << STEP_BITS)) + 1) * (1L << shift) - 1;
  }
}
