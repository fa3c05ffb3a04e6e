package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.metrics.Meters;
import io.harborgateway.testkit.Await;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WatchdogTest {
  private final HeardLogs logs = HeardLogs.of(Watchdog.class);
  private final Meters meters = new Meters();
  private final ExecutorService stuck = Executors.newSingleThreadExecutor();
  private final ExecutorService lively = Executors.newSingleThreadExecutor();
  private final CountDownLatch released = new CountDownLatch(1);
  private final Watchdog watchdog = new Watchdog(Duration.ofMillis(200));

  @AfterEach
  void end() {
    released.countDown();
    watchdog.close();
    stuck.shutdownNow();
    lively.shutdownNow();
    logs.close();
  }

  private boolean said(String thread, String text) {
    return logs.lines().stream()
        .anyMatch(line -> line.startsWith(thread + ": ") && line.contains(text));
  }

  @Test
  void saysWhichThreadIsStuckWhereAndHowLongItWas() throws Exception {
    var signOfLife = new CountDownLatch(1); // by which its thread is known
    Executor heard =
        task ->
            stuck.execute(() -> {
              task.run();
              signOfLife.countDown();
            });
    watchdog.add("stuck", heard, meters);
    watchdog.add("lively", lively, meters);
    watchdog.start();
    signOfLife.await();
    stuck.execute(this::awaitRelease);

    Await.until("stuck so far", () -> said("stuck", "so far, in "));
    Await.until("a service manager is not told that all is well", () -> !watchdog.isAnswering());
    assertThat(logs.lines().stream().filter(line -> line.contains("so far")).findFirst())
        .hasValueSatisfying(line -> assertThat(line).contains("CountDownLatch.await"));
    released.countDown();
    Await.until("was stuck", () -> said("stuck", "was stuck for "));
    Await.until("all is well again", watchdog::isAnswering);

    assertThat(logs.lines().stream().filter(line -> line.contains("so far"))).hasSize(1);
    assertThat(said("lively", "")).isFalse();
    assertThat(meters.scrape())
        .contains("harbor_gateway_thread_stalls{thread=\"stuck\"} 1")
        .contains("harbor_gateway_thread_stalls{thread=\"lively\"} 0")
        .containsPattern("thread_stalled_seconds\\{thread=\"stuck\"} (0\\.[2-9]|[1-9])");
  }

  private void awaitRelease() {
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aThreadThatHasEndedIsNoFault() throws Exception {
    lively.shutdownNow();
    watchdog.add("ended", lively, meters);
    watchdog.add("stuck", stuck, meters);
    stuck.execute(this::awaitRelease);
    watchdog.start();
    Await.until("the other", () -> said("stuck", "so far"));
    assertThat(said("ended", "")).isFalse();
  }
}
