package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.values.InstanceGuid;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IssueAttemptsTest {
  private static final InstanceGuid ONE = InstanceGuid.of("00000000-0000-4000-8000-000000000001");
  private static final InstanceGuid TWO = InstanceGuid.of("00000000-0000-4000-8000-000000000002");

  private long nanos = Long.MAX_VALUE - 10; // a clock that passes its end, as it may
  private final IssueAttempts attempts = new IssueAttempts(() -> nanos);

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void pausesGetLongerUpToALimit() {
    Duration pause = IssueAttempts.FIRST;
    for (int i = 0; i < 20; i++) {
      assertThat(attempts.isTime(ONE)).isTrue();
      attempts.add(ONE, "no");
      pass(pause.minusMillis(1));
      assertThat(attempts.isTime(ONE)).isFalse();
      pass(Duration.ofMillis(1));
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(IssueAttempts.LONGEST) > 0 ? IssueAttempts.LONGEST : pause;
    }
    assertThat(pause).isEqualTo(IssueAttempts.LONGEST);
    assertThat(attempts.isTime(TWO)).isTrue();
  }

  @Test
  void aProblemIsNewOnceAndShownUntilItIsSolved() {
    assertThat(attempts.add(ONE, "no")).isTrue();
    assertThat(attempts.add(ONE, "no")).isFalse();
    assertThat(attempts.add(ONE, "neither")).isTrue();
    assertThat(attempts.add(TWO, null)).isFalse();
    attempts.retain(Set.of(ONE, TWO));
    assertThat(attempts.problems()).containsOnlyKeys(ONE.value());
    attempts.retain(Set.of(TWO));
    assertThat(attempts.problems()).isEmpty();
    assertThat(attempts.isTime(ONE)).isTrue();
  }
}
