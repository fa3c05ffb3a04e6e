package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ControlThreadTest {
  private final ControlThread control = new ControlThread(Duration.ofMillis(100));
  private final HeardLogs logs = HeardLogs.of(ControlThread.class);

  @AfterEach
  void end() {
    control.end();
    logs.close();
  }

  @Test
  void nobodyWaitsForEverForAThreadThatIsStuck() throws InterruptedException {
    var release = new CountDownLatch(1);
    var done = new CountDownLatch(1);
    control.execute(() -> awaitQuietly(release));

    assertThat(control.run("testing", done::countDown)).isFalse();
    assertThat(logs.lines())
        .containsExactly("testing: the control thread has not done it within PT0.1S");

    release.countDown(); // and what was asked for is done then
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatIsDroppedNeverRuns() throws InterruptedException {
    var release = new CountDownLatch(1);
    var ran = new AtomicBoolean();
    control.execute(() -> awaitQuietly(release));

    assertThat(control.runOrDrop("testing", () -> ran.set(true), Duration.ofMillis(50))).isFalse();

    release.countDown();
    assertThat(control.runOrDrop("testing", () -> {}, Duration.ofSeconds(10))).isTrue();
    assertThat(ran).isFalse();
  }

  @Test
  void whatHasBegunIsWaitedFor() {
    var ran = new AtomicBoolean();
    Runnable slow =
        () -> {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
          ran.set(true);
        };

    assertThat(control.runOrDrop("testing", slow, Duration.ofMillis(100))).isTrue();
    assertThat(ran).isTrue();
    assertThat(logs.lines()).contains("testing: takes longer than PT0.1S; waiting on");
  }

  @Test
  void nobodyWaitsForAThreadThatHasEnded() {
    var patient = new ControlThread(Duration.ofDays(1));
    patient.end();

    assertThat(patient.run("testing", () -> {})).isFalse();
  }

  @Test
  void itsEndIsToldToThoseWhoWait() throws Exception {
    var patient = new ControlThread(Duration.ofDays(1));
    var never = new CountDownLatch(1);
    patient.execute(() -> awaitQuietly(never));
    var waiting = CompletableFuture.supplyAsync(() -> patient.run("testing", () -> {}));
    while (patient.getQueue().isEmpty()) {
      Thread.onSpinWait();
    }

    patient.end();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isFalse();
  }

  /** What it uses, such as the event loops, is closed next. */
  @Test
  void nothingRunsAfterItsEnd() throws InterruptedException {
    var patient = new ControlThread(Duration.ofDays(1));
    var begun = new CountDownLatch(1);
    var done = new AtomicBoolean();
    patient.execute(() -> {
      begun.countDown();
      awaitQuietly(new CountDownLatch(1)); // until it is interrupted
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      done.set(true);
    });
    begun.await();

    patient.end();

    assertThat(done).isTrue();
  }

  @Test
  void aTaskThatIsStuckHoldsUpNoEnd() throws InterruptedException {
    var begun = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    control.execute(() -> {
      begun.countDown();
      while (release.getCount() > 0) {
        Thread.onSpinWait(); // whoever interrupts it
      }
    });
    begun.await();

    control.end();

    assertThat(logs.lines()).containsExactly("the control thread has not ended within PT0.1S");
    release.countDown();
  }

  @Test
  void aTaskThatThrowsIsLoggedAndStopsNothing() {
    control.execute(() -> {
      throw new IllegalStateException("thrown by a test");
    });

    assertThat(control.run("testing", () -> {})).isTrue();
    assertThat(logs.lines()).containsExactly("a task of the control thread failed");
  }

  @Test
  void whatIsRepeatedGoesOnAfterItThrew() throws InterruptedException {
    var runs = new AtomicInteger();
    var third = new CountDownLatch(1);
    Runnable task =
        () -> {
          switch (runs.incrementAndGet()) {
            case 1 -> throw new IllegalStateException("thrown by a test");
            case 2 -> throw new AssertionError("thrown by a test");
            default -> third.countDown();
          }
        };

    control.repeat("testing", task, Duration.ofMillis(1));

    assertThat(third.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(logs.lines()).hasSize(2).allMatch(line -> line.startsWith("testing: failed"));
  }

  @Test
  void oneRetryIsPendingHoweverOftenItIsAskedFor() throws InterruptedException {
    var retries = new Retries<String>(control, Duration.ofMillis(50));
    var runs = new AtomicInteger();
    var second = new CountDownLatch(1);
    Runnable failing =
        new Runnable() {
          @Override
          public void run() {
            if (runs.incrementAndGet() == 1) {
              retries.later("port", this); // as it has failed again
              retries.later("port", this);
            } else {
              second.countDown();
            }
          }
        };

    control.run(
        "testing",
        () -> {
          for (int flap = 0; flap < 10; flap++) {
            retries.later("port", failing);
          }
          retries.later("other port", () -> {});
        });

    assertThat(control.getQueue()).hasSize(2);
    assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(control.run("testing", () -> {})).isTrue();
    assertThat(control.getQueue()).isEmpty();
    assertThat(runs).hasValue(2);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
