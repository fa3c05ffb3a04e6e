package io.harborgateway.benchmarks.report;

/**
 * How two contenders' figures compare, lower being better.
 *
 * @param value own median by the other's
 * @param low the least that the rounds allow, own smallest by the other's largest
 * @param high the most that they allow
 * @param isClear whether the medians differ by more than either's rounds do among themselves; else
 *     the value says nothing and is not shown
 */
public record Ratio(double value, double low, double high, boolean isClear) {
  public static Ratio of(Samples own, Samples other) {
    double difference = Math.abs(own.median() - other.median());
    return new Ratio(
        own.median() / other.median(),
        own.min() / other.max(),
        own.max() / other.min(),
        Math.max(own.spread(), other.spread()) <= difference);
  }

  /** Whether the ratio is at most the limit, as far as the rounds tell. */
  public Reached atMost(double limit) {
    if (isClear) {
      return value <= limit ? Reached.YES : Reached.NO;
    }
    return high <= limit ? Reached.YES : low > limit ? Reached.NO : Reached.OPEN;
  }
}
