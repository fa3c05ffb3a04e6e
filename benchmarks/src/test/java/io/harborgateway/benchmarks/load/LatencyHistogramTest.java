package io.harborgateway.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  private final LatencyHistogram histogram = new LatencyHistogram();

  @Test
  void quantilesAreWithinTwoPercent() {
    for (int i = 1; i <= 10_000; i++) {
      histogram.record(i * 1_000L);
    }

    assertThat(histogram.quantile(0.5)).isCloseTo(5e6, withinPercentage(2));
    assertThat(histogram.quantile(0.99)).isCloseTo(9.9e6, withinPercentage(2));
    assertThat(histogram.quantile(1)).isCloseTo(1e7, withinPercentage(2));
  }

  @Test
  void smallValuesAreExact() {
    histogram.record(7);
    histogram.record(100);

    assertThat(histogram.quantile(0.5)).isEqualTo(7);
    assertThat(histogram.quantile(1)).isEqualTo(100);
  }

  @Test
  void longestDurationFits() {
    histogram.record(Long.MAX_VALUE);

    assertThat(histogram.quantile(1)).isCloseTo((double) Long.MAX_VALUE, withinPercentage(2));
  }

  @Test
  void withoutValuesThereIsNone() {
    histogram.record(1);
    histogram.clear();

    assertThat(histogram.quantile(0.99)).isZero();
  }
}
