package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HysteresisTest {
  private final Hysteresis state = new Hysteresis(3, 2);

  @Test
  void theFirstResultDecidesAlone() {
    assertThat(state.isUp()).isFalse();
    assertThat(state.record(true)).isTrue();
    assertThat(state.isUp()).isTrue();
    assertThat(new Hysteresis(3, 2).record(false)).as("becomes known").isTrue();
  }

  @Test
  void onlySeveralFailuresInARowMakeItDown() {
    state.record(true);
    assertThat(state.record(false)).isFalse();
    assertThat(state.wavers()).isTrue();
    assertThat(state.record(true)).isFalse();
    assertThat(state.wavers()).isFalse();
    assertThat(state.record(false)).isFalse();
    assertThat(state.isUp()).isTrue();
    assertThat(state.record(false)).isTrue();
    assertThat(state.isUp()).isFalse();
    assertThat(state.wavers()).isFalse();
  }

  @Test
  void onlySeveralSuccessesInARowMakeItUpAgain() {
    state.record(false);
    state.record(true);
    state.record(true);
    state.record(false);
    state.record(true);
    assertThat(state.record(true)).isFalse();
    assertThat(state.isUp()).isFalse();
    assertThat(state.record(true)).isTrue();
    assertThat(state.isUp()).isTrue();
  }

  @Test
  void aFailureWithoutDoubtMakesItDownAtOnce() {
    state.record(true);
    assertThat(state.fail()).isTrue();
    assertThat(state.isUp()).isFalse();
    assertThat(state.fail()).isFalse();
    state.record(true);
    state.record(true);
    assertThat(state.isUp()).as("it rises as from any other failure").isFalse();
  }
}
