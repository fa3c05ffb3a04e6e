package io.harborgateway.announce.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacedTaskTest {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final List<Runnable> scheduled = new ArrayList<>();
  private final List<Duration> delays = new ArrayList<>();
  private long nanos = Long.MAX_VALUE - 5; // it overflows within the test
  private int runs;

  private final PacedTask task =
      new PacedTask(
          () -> runs++,
          PAUSE,
          (run, delay) -> {
            scheduled.add(run);
            delays.add(delay);
          },
          () -> nanos);

  @Test
  void theFirstRequestIsServedAtOnceAndFurtherOnesTogetherAfterThePause() {
    task.request(Duration.ZERO);
    assertThat(delays).containsExactly(Duration.ZERO);
    scheduled.getFirst().run();
    nanos += PAUSE.toNanos() / 4;
    for (int i = 0; i < 1_000; i++) {
      task.request(Duration.ZERO);
    }
    assertThat(delays).containsExactly(Duration.ZERO, PAUSE.multipliedBy(3).dividedBy(4));
    scheduled.getLast().run();
    assertThat(runs).isEqualTo(2);
  }

  @Test
  void whoAsksAfterThePauseIsServedAtOnceOrAfterItsOwnDelay() {
    task.request(Duration.ZERO);
    scheduled.getFirst().run();
    nanos += PAUSE.toNanos() + 1;
    task.request(Duration.ofMillis(3));
    assertThat(delays).containsExactly(Duration.ZERO, Duration.ofMillis(3));
  }

  @Test
  void aTaskThatThrowsCanBeAskedForAgain() {
    var failing =
        new PacedTask(
            () -> {
              throw new IllegalStateException("as it happens");
            },
            PAUSE,
            (run, delay) -> scheduled.add(run),
            () -> nanos);
    failing.request(Duration.ZERO);
    try {
      scheduled.getFirst().run();
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("as it happens");
    }
    failing.request(Duration.ZERO);
    assertThat(scheduled).hasSize(2);
  }
}
