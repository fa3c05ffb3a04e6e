package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HysteresisTest {
  private long now;
  private final Hysteresis state = new Hysteresis(3, 2, Duration.ofSeconds(60), () -> now);

  @Test
  void theFirstResultDecidesAlone() {
    assertThat(state.isUp()).isFalse();
    assertThat(state.record(true)).isTrue();
    assertThat(state.isUp()).isTrue();
    assertThat(new Hysteresis(3, 2, Duration.ZERO, () -> now).record(false))
        .as("becomes known")
        .isTrue();
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
  void aRefusalMakesItDownAtOnceAndTheNextSuccessUpAgain() {
    state.record(true);
    assertThat(state.fail()).isTrue();
    assertThat(state.isUp()).isFalse();
    assertThat(state.fail()).as("a further refusal").isFalse();
    assertThat(state.record(true)).isTrue();
    assertThat(state.isUp()).isTrue();
  }

  @Test
  void oneThatAnsweredWronglyAfterARefusalIsConfirmedAsAnyOther() {
    state.record(true);
    state.fail();
    state.record(false);
    assertThat(state.record(true)).isFalse();
    assertThat(state.record(true)).isFalse();
    assertThat(state.record(true)).isTrue();
  }

  @Test
  void fromTheSecondFallWithinAMinuteEachDoublesWhatARiseTakes() {
    state.record(true);
    state.fail();
    assertThat(risesAfter()).as("seconds after one fall").isZero();
    for (int expected : new int[] {2, 4, 8, 16, 32}) {
      state.fail();
      assertThat(risesAfter()).as("seconds").isEqualTo(expected);
    }
    // By now the first falls are a minute old.
    assertThat(now).isEqualTo(TimeUnit.SECONDS.toNanos(62));
    state.fail();
    assertThat(risesAfter()).as("seconds, of four falls").isEqualTo(8);
  }

  @Test
  void theReasonSaysHowOftenItFellAndWhenItIsUp() {
    state.record(true);
    for (int i = 0; i < 2; i++) {
      state.fail();
      state.record(true);
    }
    assertThat(state.heldBack()).isEqualTo("flapping: 2 falls within a minute, up in 2 s");
    pass(Duration.ofMillis(1200));
    state.record(true);
    assertThat(state.heldBack()).isEqualTo("flapping: 2 falls within a minute, up in 1 s");
    state.fail();
    assertThat(state.heldBack()).as("while it does not succeed").isEmpty();
    state.record(true);
    assertThat(state.heldBack()).isEqualTo("flapping: 3 falls within a minute, up in 4 s");
  }

  @Test
  void whatFlapsWhileItIsHeldBackIsHeldBackForLongerUpToTheBound() {
    state.record(true);
    for (int i = 0; i < 20; i++) {
      state.fail();
      pass(Duration.ofMillis(500));
      state.record(true);
      pass(Duration.ofMillis(500));
    }
    state.fail();
    assertThat(risesAfter()).isEqualTo(60);
  }

  @Test
  void aStableMinuteForgetsTheFalls() {
    state.record(true);
    for (int i = 0; i < 3; i++) {
      state.fail();
      risesAfter();
    }
    pass(Duration.ofMinutes(1));
    state.record(true);
    state.fail();
    assertThat(risesAfter()).isZero();
  }

  @Test
  void withoutDampingOnlyTheConfiguredNumberOfSuccessesCounts() {
    var undamped = new Hysteresis(1, 1, Duration.ZERO, () -> now);
    undamped.record(true);
    for (int i = 0; i < 10; i++) {
      assertThat(undamped.fail()).isTrue();
      assertThat(undamped.record(true)).isTrue();
    }
  }

  @Test
  void whereNobodyElseWouldServeFlappingIsNotHeldBack() {
    state.record(true);
    for (int i = 0; i < 4; i++) {
      state.fail();
      state.record(true);
    }
    assertThat(state.isUp()).isFalse();
    state.damp(false);
    assertThat(state.heldBack()).isEmpty();
    assertThat(state.record(true)).isTrue();
    state.fail();
    state.damp(true);
    assertThat(state.record(true)).as("held back again").isFalse();
  }

  /** Succeeds each half second until it is up; returns the seconds that took. */
  private long risesAfter() {
    long begun = now;
    while (!state.record(true)) {
      pass(Duration.ofMillis(500));
    }
    return Duration.ofNanos(now - begun).toSeconds();
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
