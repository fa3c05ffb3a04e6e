package io.harborgateway.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class InFlightTest {
  private final InFlight inFlight = new InFlight();

  @Test
  void counts() {
    inFlight.started();
    inFlight.started();
    inFlight.ended();

    assertThat(inFlight.count()).isEqualTo(1);
  }

  @Test
  void zeroIsSeenAtOnce() throws InterruptedException {
    assertThat(inFlight.awaitZero(Duration.ZERO)).isTrue();
  }

  @Test
  void waitsForTheLastToEnd() throws InterruptedException {
    inFlight.started();
    Thread.startVirtualThread(inFlight::ended);

    assertThat(inFlight.awaitZero(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void givesUpAtTheDeadline() throws InterruptedException {
    inFlight.started();

    assertThat(inFlight.awaitZero(Duration.ofMillis(30))).isFalse();
  }

  @Test
  void interruptionEndsTheWait() {
    inFlight.started();
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> inFlight.awaitZero(Duration.ofSeconds(10)))
        .isInstanceOf(InterruptedException.class);
  }

  /** One is always in flight, handed from thread to thread: the count must never read zero. */
  @Test
  void neverReadsZeroWhileSomethingIsInFlight() throws InterruptedException {
    inFlight.started();
    AtomicBoolean stop = new AtomicBoolean();
    CountDownLatch ended = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      Thread.ofPlatform()
          .start(() -> {
            while (!stop.get()) {
              inFlight.started();
              inFlight.ended();
            }
            ended.countDown();
          });
    }

    long least = Long.MAX_VALUE;
    for (int i = 0; i < 100_000; i++) {
      least = Math.min(least, inFlight.count());
    }
    stop.set(true);

    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(least).isPositive();
  }
}
