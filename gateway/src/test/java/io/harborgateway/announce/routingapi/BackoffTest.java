package io.harborgateway.announce.routingapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  @Test
  void waitsLongerAfterEachFailureUpToALimit() {
    var backoff = new Backoff();
    for (long seconds : new long[] {1, 2, 4, 8, 15, 15, 15}) {
      long longest = TimeUnit.SECONDS.toNanos(seconds);
      assertThat(backoff.failed()).isBetween(longest / 2, longest);
    }
  }

  @Test
  void startsAnewOnceSomethingWorked() {
    var backoff = new Backoff();
    for (int i = 0; i < 10; i++) {
      backoff.failed();
    }
    backoff.worked();
    assertThat(backoff.failed()).isLessThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
  }

  @Test
  void nodesDoNotComeAllAtOnce() {
    long first = new Backoff().failed();
    boolean different = false;
    for (int i = 0; i < 100; i++) {
      different |= new Backoff().failed() != first;
    }
    assertThat(different).isTrue();
  }
}
