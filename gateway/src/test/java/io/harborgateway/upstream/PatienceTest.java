package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private long now;
  private int ticks;
  private final Patience patience = patience();

  private Patience patience() {
    channel.freezeTime();
    return new Patience(channel.eventLoop(), () -> now, () -> ticks++);
  }

  @AfterEach
  void close() {
    channel.close();
  }

  @Test
  void countsTheTimeThatPasses() {
    for (int i = 0; i < 10; i++) {
      tickAfter(Duration.ofNanos(Patience.TICK_NANOS));
    }
    assertThat(Duration.ofNanos(patience.spentNanos())).isEqualTo(Duration.ofMillis(500));
    assertThat(ticks).isEqualTo(10);
  }

  @Test
  void aProcessThatStoodStillHasWaitedForTwoTicksOnly() {
    tickAfter(Duration.ofSeconds(30));
    assertThat(Duration.ofNanos(patience.spentNanos())).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void ticksNoMoreOnceItIsStopped() {
    patience.stop();
    tickAfter(Duration.ofNanos(Patience.TICK_NANOS));
    assertThat(ticks).isZero();
  }

  /** The event loop comes to the tick when this time has passed. */
  private void tickAfter(Duration time) {
    now += time.toNanos();
    channel.advanceTimeBy(Patience.TICK_NANOS, TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }
}
