package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.issue.IssuePauses;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IssueAttemptsTest {
  private static final InstanceGuid ONE = InstanceGuid.of("00000000-0000-4000-8000-000000000001");
  private static final InstanceGuid TWO = InstanceGuid.of("00000000-0000-4000-8000-000000000002");

  private static final List<String> NAMES = List.of("a.test");

  private static final IssuePauses PAUSES =
      new IssuePauses(Duration.ofSeconds(5), Duration.ofMinutes(10));

  private long nanos = Long.MAX_VALUE - 10; // a clock that passes its end, as it may
  private final IssueAttempts attempts = new IssueAttempts(() -> nanos);

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void pausesGetLongerUpToALimit() {
    Duration pause = PAUSES.first();
    for (int i = 0; i < 20; i++) {
      assertThat(attempts.isTime(ONE, NAMES)).isTrue();
      attempts.add(ONE, NAMES, "no", PAUSES, Duration.ZERO);
      pass(pause.minusMillis(1));
      assertThat(attempts.isTime(ONE, NAMES)).isFalse();
      pass(Duration.ofMillis(1));
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(PAUSES.longest()) > 0 ? PAUSES.longest() : pause;
    }
    assertThat(pause).isEqualTo(PAUSES.longest());
    assertThat(attempts.isTime(TWO, NAMES)).isTrue();
  }

  @Test
  void whoeverSaysWhenIsObeyed() {
    attempts.add(ONE, NAMES, "rate limit", PAUSES, Duration.ofHours(3));
    pass(Duration.ofHours(3).minusMillis(1));
    assertThat(attempts.isTime(ONE, NAMES)).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(attempts.isTime(ONE, NAMES)).isTrue();
    attempts.add(ONE, NAMES, "no", PAUSES, Duration.ofSeconds(-1));
    pass(PAUSES.first().multipliedBy(2));
    assertThat(attempts.isTime(ONE, NAMES)).as("the next pause is not longer for that").isTrue();
  }

  @Test
  void aProblemIsNewOnceAndShownUntilItIsSolved() {
    assertThat(attempts.add(ONE, NAMES, "no", PAUSES, Duration.ZERO)).isTrue();
    assertThat(attempts.add(ONE, NAMES, "no", PAUSES, Duration.ZERO)).isFalse();
    assertThat(attempts.add(ONE, NAMES, "neither", PAUSES, Duration.ZERO)).isTrue();
    assertThat(attempts.add(TWO, NAMES, null, PAUSES, Duration.ZERO)).isFalse();
    assertThat(attempts.problems()).containsOnlyKeys(ONE.value());
    attempts.retain(Set.of(ONE, TWO));
    assertThat(attempts.problems()).containsOnlyKeys(ONE.value());
    attempts.retain(Set.of(TWO));
    assertThat(attempts.problems()).isEmpty();
    assertThat(attempts.isTime(ONE, NAMES)).isTrue();
  }

  @Test
  void whatIsSaidOfNamesHoldsForNoOthers() {
    attempts.add(ONE, NAMES, "no", PAUSES, Duration.ofHours(3));
    List<String> others = List.of("b.test");
    assertThat(attempts.isTime(ONE, others)).isTrue();
    assertThat(attempts.add(ONE, others, "no", PAUSES, Duration.ZERO)).as("new").isTrue();
    pass(PAUSES.first());
    assertThat(attempts.isTime(ONE, others)).isTrue();
  }

  @Test
  void nobodyIsObeyedForEver() {
    attempts.add(ONE, NAMES, "rate limit", PAUSES, Duration.ofDays(3_000_000));
    pass(Duration.ofDays(7).minusMillis(1));
    assertThat(attempts.isTime(ONE, NAMES)).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(attempts.isTime(ONE, NAMES)).isTrue();
  }
}
