package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryReliefTest {
  private static final long MEMORY = 1_000_000;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();
  private final MemoryRelief relief =
      new MemoryRelief(
          channel.eventLoop(), new MemoryBudget(MEMORY, used::get, used::get, nanos::get));

  private final class Holder implements MemoryHolder {
    private final long held;
    private long moved;
    private boolean ended;

    private Holder(long held) {
      this.held = held;
      used.addAndGet(held);
      relief.add(this);
    }

    @Override
    public long heldBytes() {
      return held;
    }

    @Override
    public long movedBytes() {
      return moved;
    }

    @Override
    public void endForMemory() {
      ended = true;
      used.addAndGet(-held);
      relief.remove(this);
    }
  }

  @BeforeEach
  void freezeTime() {
    channel.freezeTime();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void pass(int millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  private void passUntilStuck() {
    pass(1000); // it looks no more often while memory is not scarce
    for (int at = 0; at <= MemoryRelief.STUCK_MILLIS; at += MemoryRelief.TICK_MILLIS) {
      pass(MemoryRelief.TICK_MILLIS);
    }
  }

  @Test
  void theGreediestEndWhenMemoryIsExhaustedThoughNothingMoves() {
    var modest = new Holder(100_000);
    var greedy = new Holder(300_000);
    var other = new Holder(550_000);
    pass(1000);
    assertThat(other.ended).isTrue();
    assertThat(greedy.ended).isFalse();
    assertThat(modest.ended).isFalse();
  }

  @Test
  void whatStandsStillEndsWhenMemoryWasScarceForLong() {
    var still = new Holder(350_000);
    var moving = new Holder(450_000);
    for (int at = 0; at < 2 * MemoryRelief.STUCK_MILLIS; at += 1000) {
      for (int tick = 0; tick < 20; tick++) {
        pass(at == 0 ? 1000 : MemoryRelief.TICK_MILLIS);
      }
      moving.moved++;
    }
    assertThat(still.ended).isTrue();
    assertThat(moving.ended).isFalse();
  }

  @Test
  void whatStandsStillStaysWhileThereIsMemory() {
    var still = new Holder(700_000);
    passUntilStuck();
    passUntilStuck();
    assertThat(still.ended).isFalse();
  }

  @Test
  void aScarcityThatPassesEndsNobody() {
    var still = new Holder(700_000);
    used.addAndGet(100_000);
    pass(1000);
    for (int i = 0; i < 100; i++) {
      pass(MemoryRelief.TICK_MILLIS);
    }
    used.addAndGet(-100_000);
    pass(MemoryRelief.TICK_MILLIS);
    used.addAndGet(100_000);
    pass(1000);
    for (int i = 0; i < 100; i++) {
      pass(MemoryRelief.TICK_MILLIS);
    }
    assertThat(still.ended).isFalse();
  }

  @Test
  void tellsWhenMemoryIsNoLongerScarce() {
    int[] times = new int[1];
    relief.onRelief(() -> times[0]++);
    used.set(800_000);
    assertThat(relief.level().isScarce()).isTrue();
    pass(MemoryRelief.TICK_MILLIS);
    assertThat(times[0]).isZero();
    used.set(0);
    pass(MemoryRelief.TICK_MILLIS);
    assertThat(times[0]).isEqualTo(1);
  }
}
