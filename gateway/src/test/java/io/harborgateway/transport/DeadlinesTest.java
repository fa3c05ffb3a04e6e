package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<String> expired = new ArrayList<>();
  private long now = -50; // nanoTime may be anything, and pass zero
  private Deadlines deadlines;

  @BeforeEach
  void freeze() {
    channel.freezeTime();
    deadlines = new Deadlines(channel.eventLoop(), () -> now);
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private Deadline add(String name) {
    return deadlines.add(() -> expired.add(name));
  }

  private void pass(long millis) {
    for (long i = 0; i < millis; i++) {
      now += TimeUnit.MILLISECONDS.toNanos(1);
      channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
    }
  }

  @Test
  void expiresWithinATickAfterItsTimeAndNeverBefore() {
    add("one").after(Duration.ofMillis(250));
    pass(249);
    assertThat(expired).isEmpty();
    pass(1 + 100);
    assertThat(expired).containsExactly("one");
  }

  @Test
  void firesOnceUntilSetAgain() {
    var deadline = add("one");
    deadline.after(Duration.ofMillis(10));
    pass(1000);
    assertThat(expired).hasSize(1);
    deadline.after(Duration.ofMillis(10));
    pass(200);
    assertThat(expired).hasSize(2);
  }

  @Test
  void isPutOffByBeingSetAgain() {
    var deadline = add("one");
    deadline.after(Duration.ofMillis(300));
    pass(200);
    deadline.after(Duration.ofMillis(300));
    pass(299);
    assertThat(expired).isEmpty();
    pass(1 + 100);
    assertThat(expired).hasSize(1);
  }

  @Test
  void aNearerLimitIsNotHeldUpByAFartherOne() {
    add("far").after(Duration.ofMinutes(15));
    add("near").after(Duration.ofMillis(150));
    pass(250);
    assertThat(expired).containsExactly("near");
  }

  @Test
  void doesNotFireOnceClearedOrRemoved() {
    var cleared = add("cleared");
    var removed = add("removed");
    cleared.after(Duration.ofMillis(100));
    removed.after(Duration.ofMillis(100));
    cleared.clear();
    removed.remove();
    removed.after(Duration.ofMillis(100));
    pass(1000);
    assertThat(expired).isEmpty();
  }

  @Test
  void anExpiryMayRemoveItselfAndOthers() {
    List<Deadline> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int number = i;
      all.add(
          deadlines.add(() -> {
            expired.add("" + number);
            all.get(number).remove();
            all.get((number + 39) % 40).remove();
            all.get((number + 7) % 40).remove();
          }));
    }
    all.forEach(deadline -> deadline.after(Duration.ofMillis(100)));
    var last = add("last");
    last.after(Duration.ofMillis(300));
    pass(1000);
    assertThat(expired).doesNotHaveDuplicates().contains("39", "last").hasSizeBetween(3, 30);
    last.remove(); // its place is still right after the others moved
    add("next").after(Duration.ofMillis(100));
    pass(200);
    assertThat(expired).endsWith("next");
  }

  @Test
  void anExpiryMaySetItselfAgain() {
    List<Deadline> self = new ArrayList<>();
    self.add(
        deadlines.add(() -> {
          expired.add("again");
          self.getFirst().after(Duration.ofMillis(200));
        }));
    self.getFirst().after(Duration.ofMillis(200));
    pass(950);
    assertThat(expired).hasSizeBetween(3, 4);
  }

  @Test
  void oneThatThrowsStopsNoOtherAndIsTriedAgain() {
    var first = add("first");
    var throwing =
        deadlines.add(() -> {
          expired.add("throwing");
          if (expired.size() < 4) {
            throw new IllegalStateException("thrown by a test");
          }
          throw new AssertionError("thrown by a test");
        });
    var last = add("last");
    var later = add("later");
    for (var deadline : List.of(first, throwing, last)) {
      deadline.after(Duration.ofMillis(100));
    }
    later.after(Duration.ofMillis(500));
    pass(300);
    assertThat(expired).containsExactlyInAnyOrder("first", "throwing", "last");
    pass(400);
    assertThat(expired).hasSize(4).endsWith("later");
    pass(900); // tried again after a second
    assertThat(expired).hasSize(5).endsWith("throwing");
    throwing.remove();
    pass(2_000);
    assertThat(expired).hasSize(5);
  }
}
