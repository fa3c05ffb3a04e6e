package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitTest {
  @Test
  void returnsOnceTheConditionHolds() {
    var tries = new AtomicInteger();
    Await.until(
        "the third try",
        () -> {
          if (tries.incrementAndGet() == 1) {
            throw new IllegalStateException("not yet");
          }
          return tries.get() == 3;
        });
    assertThat(tries).hasValue(3);
  }

  @Test
  void failsAfterTheDeadlineWithWhatTheConditionThrew() {
    var thrown = new IllegalStateException("never");
    assertThatThrownBy(() ->
            Await.until(
                "what cannot be",
                Duration.ofMillis(20),
                () -> {
                  throw thrown;
                }))
        .isInstanceOf(AssertionError.class)
        .hasMessage("not within 20 ms: what cannot be")
        .hasCause(thrown);
  }
}
