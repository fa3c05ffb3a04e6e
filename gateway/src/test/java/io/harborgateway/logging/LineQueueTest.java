package io.harborgateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.control.HeardLogs;
import io.harborgateway.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LineQueueTest {
  private static final int CAPACITY = 16;
  private static final Duration SOON = Duration.ofSeconds(10);

  private final HeardLogs logs = HeardLogs.of(LineQueue.class);
  private final Queue<String> written = new ConcurrentLinkedQueue<>();
  private final CountDownLatch stuck = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile boolean stalled;
  private volatile @Nullable Throwable failure;

  private final LineQueue<String> queue =
      new LineQueue<>(
          "test log",
          CAPACITY,
          String::length,
          new LineQueue.Output<>() {
            @Override
            public void format(String line, LineBuffer into) {
              into.append(line.substring(0, Math.min(line.length(), 10)));
              if (line.equals("unprintable")) {
                throw new IllegalStateException("thrown by a test");
              }
            }

            @Override
            public void write(LineBuffer lines) throws IOException {
              stall();
              if (lines.size() > 0) {
                fail();
              }
              written.add(StandardCharsets.UTF_8.decode(lines.bytes()).toString());
            }
          });

  private void stall() {
    if (stalled) {
      stuck.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void fail() throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  @AfterEach
  void close() {
    released.countDown();
    queue.close(SOON);
    logs.close();
  }

  private void awaitWritten(String text) {
    Await.until(text, () -> String.join("", written).equals(text));
  }

  private void awaitLog(String... lines) {
    Await.until(String.join(", ", lines), () -> logs.lines().size() >= lines.length);
    assertThat(logs.lines()).containsExactly(lines);
  }

  private void stallWithFullQueue() throws InterruptedException {
    stalled = true;
    queue.offer("a");
    assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < CAPACITY; i++) {
      queue.offer("b");
    }
    assertThat(queue.dropped()).isZero();
  }

  @Test
  void dropsAndCountsWhileTheOutputIsStuckAndSaysItOnceWhenItFlowsAgain() throws Exception {
    stallWithFullQueue();
    for (int i = 0; i < 5; i++) {
      queue.offer("dropped"); // and does not wait
    }
    assertThat(queue.dropped()).isEqualTo(5);
    assertThat(logs.lines()).isEmpty();

    stalled = false;
    released.countDown();

    awaitWritten("a" + "b".repeat(CAPACITY));
    awaitLog("test log: flows again; 5 lines were dropped, because too many waited");
    queue.offer("c");
    awaitWritten("a" + "b".repeat(CAPACITY) + "c");
    assertThat(logs.lines()).hasSize(1);
    assertThat(queue.dropped()).isEqualTo(5);
  }

  @Test
  void boundsTheBytesThatWaitToo() throws Exception {
    stalled = true;
    queue.offer("a");
    assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
    String large = "x".repeat((int) LineQueue.MAX_WAITING_BYTES / 4 - 1);
    for (int i = 0; i < 6; i++) {
      queue.offer(large);
    }
    assertThat(queue.dropped()).isEqualTo(2);
    assertThat(queue.waiting()).isEqualTo(4);

    stalled = false;
    released.countDown();
    awaitWritten("a" + "x".repeat(40));
    queue.offer(large);
    awaitWritten("a" + "x".repeat(50));
  }

  @Test
  void saysOnceThatTheOutputFailsCountsAndSaysWhenItIsOver() {
    failure = new IOException("No space left on device");
    for (int i = 1; i <= 3; i++) {
      int lines = i;
      queue.offer("lost");
      Await.until("lost", () -> queue.dropped() == lines);
    }
    awaitLog(
        "test log: lines are lost, and counted, until it can be written: java.io.IOException: No"
            + " space left on device");

    failure = null;
    queue.offer("a");
    awaitWritten("a");
    Await.until("it is over", () -> logs.lines().size() == 2);
    assertThat(logs.lines().getLast()).isEqualTo("test log: written again; 3 lines were lost");
  }

  @Test
  void noErrorEndsTheThread() {
    failure = new OutOfMemoryError("thrown by a test");
    queue.offer("lost");
    Await.until("lost", () -> queue.dropped() == 1);
    failure = null;
    queue.offer("unprintable");
    queue.offer("a");
    awaitWritten("a");
    assertThat(queue.dropped()).isEqualTo(2);
    assertThat(logs.lines()).contains("test log: a line can't be formatted");
  }

  @Test
  void theCloseWritesWhatWaits() {
    queue.offer("a");
    queue.offer("b");
    assertThat(queue.close(SOON)).isTrue();
    assertThat(String.join("", written)).isEqualTo("ab");
    queue.offer("late");
    assertThat(queue.dropped()).isEqualTo(1);
  }

  @Test
  void theCloseDoesNotWaitForAnOutputThatIsStuck() throws Exception {
    stallWithFullQueue();
    assertThat(queue.close(Duration.ofMillis(50))).isFalse();
  }
}
