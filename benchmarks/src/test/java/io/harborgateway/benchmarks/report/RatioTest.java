package io.harborgateway.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatioTest {
  @Test
  void medianIsTheMiddleOneOrTheMeanOfTwo() {
    assertThat(Samples.of(9.0, 1.0, 2.0).median()).isEqualTo(2.0);
    assertThat(Samples.of(4.0, 1.0, 2.0, 9.0).median()).isEqualTo(3.0);
    assertThat(Samples.of(7.0).median()).isEqualTo(7.0);
  }

  @Test
  void spreadIsFromTheLeastToTheMost() {
    var samples = Samples.of(10.0, 12.0, 9.0);

    assertThat(samples.spread()).isEqualTo(3.0);
    assertThat(samples.relativeSpread()).isEqualTo(0.3);
  }

  @Test
  void noSamplesAreRefused() {
    assertThatThrownBy(() -> new Samples(List.of())).hasMessageContaining("values: none");
  }

  @Test
  void ratioIsOfTheMedians() {
    var ratio = Ratio.of(Samples.of(10.0, 11.0, 9.0), Samples.of(20.0, 21.0, 19.0));

    assertThat(ratio.isClear()).isTrue();
    assertThat(ratio.value()).isEqualTo(0.5);
    assertThat(ratio.low()).isCloseTo(9.0 / 21, within(1e-9));
    assertThat(ratio.high()).isCloseTo(11.0 / 19, within(1e-9));
    assertThat(ratio.atMost(0.5)).isEqualTo(Reached.YES);
    assertThat(ratio.atMost(0.49)).isEqualTo(Reached.NO);
  }

  @Test
  void ratioIsRefusedWhereTheRoundsDifferMoreThanTheMedians() {
    var ratio = Ratio.of(Samples.of(10.0, 14.0, 9.0), Samples.of(12.0, 12.0, 12.0));

    assertThat(ratio.isClear()).isFalse();
    assertThat(ratio.atMost(1.0)).isEqualTo(Reached.OPEN);
    assertThat(ratio.atMost(1.2)).as("even the worst round").isEqualTo(Reached.YES);
    assertThat(ratio.atMost(0.7)).as("not even the best round").isEqualTo(Reached.NO);
  }
}
