package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UsualDurationTest {
  private static final Duration FLOOR = Duration.ofMillis(750);
  private static final Duration MOST = Duration.ofSeconds(5);

  private final UsualDuration usual = new UsualDuration(FLOOR);

  @Test
  void nothingIsUsualBeforeTheFifth() {
    add(4, 10);
    assertThat(usual.limit(MOST)).isEqualTo(MOST);
    add(1, 10);
    assertThat(usual.limit(MOST)).isEqualTo(FLOOR);
  }

  @Test
  void fourTimesWhatTookLongTwiceIsWaitedFor() {
    add(10, 10);
    add(1, 500);
    add(10, 10);
    assertThat(usual.limit(MOST)).as("once").isEqualTo(FLOOR);
    add(1, 500);
    add(10, 10);
    assertThat(usual.limit(MOST)).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void neverLongerThanIsConfigured() {
    add(5, 3_000);
    assertThat(usual.limit(MOST)).isEqualTo(MOST);
    add(200, 10);
    assertThat(usual.limit(Duration.ofMillis(100))).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void aMinuteOfChecksLaterASlowOneIsForgotten() {
    add(2, 1_000);
    add(58, 10);
    assertThat(usual.limit(MOST)).isEqualTo(Duration.ofSeconds(4));
    add(1, 10);
    assertThat(usual.limit(MOST)).isEqualTo(FLOOR);
    add(500, 10);
    assertThat(usual.limit(MOST)).isEqualTo(FLOOR);
  }

  private void add(int times, int millis) {
    for (int i = 0; i < times; i++) {
      usual.add(Duration.ofMillis(millis));
    }
  }
}
