package io.harborgateway.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class ReadinessTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final Drain drain = new Drain();
  private final Readiness readiness = new Readiness(drain, clock(now::get));

  @Test
  void conditionStartsNotMetWithAReason() {
    readiness.condition("upstream");

    assertThat(readiness.ready()).isFalse();
    assertThat(readiness.snapshot())
        .containsExactly(new ConditionStatus("upstream", false, "not checked yet", START));
  }

  @Test
  void readyWhenEveryConditionIsMet() {
    Condition upstream = readiness.condition("upstream");
    Condition nats = readiness.condition("nats");

    upstream.met();
    assertThat(readiness.ready()).isFalse();
    nats.met();
    assertThat(readiness.ready()).isTrue();
    upstream.notMet("connection refused");
    assertThat(readiness.ready()).isFalse();
  }

  @Test
  void notReadyWhileDraining() {
    readiness.condition("upstream").met();
    drain.begin();

    assertThat(readiness.ready()).isFalse();
    assertThat(readiness.draining()).isTrue();
    assertThat(readiness.snapshot()).allMatch(ConditionStatus::met);
  }

  @Test
  void sinceMovesWithTheStateAndNotWithTheReason() {
    Condition upstream = readiness.condition("upstream");
    now.set(START.plusSeconds(1));
    upstream.notMet("connection refused");
    now.set(START.plusSeconds(2));
    upstream.met();
    now.set(START.plusSeconds(3));
    upstream.met();

    assertThat(readiness.snapshot())
        .containsExactly(new ConditionStatus("upstream", true, "", START.plusSeconds(2)));
    upstream.notMet("gone");
    assertThat(upstream.status().since()).isEqualTo(START.plusSeconds(3));
    now.set(START.plusSeconds(4));
    upstream.notMet("still gone");
    assertThat(upstream.status())
        .isEqualTo(new ConditionStatus("upstream", false, "still gone", START.plusSeconds(3)));
  }

  @Test
  void listenersHearOfTransitionsOnly() {
    List<String> heard = new ArrayList<>();
    Condition upstream = readiness.condition("upstream");
    readiness.onTransition(status -> heard.add(status.met() + " " + status.reason()));

    upstream.met();
    upstream.met();
    upstream.notMet("refused");
    upstream.notMet("refused");
    upstream.notMet("timeout");

    assertThat(heard).containsExactly("true ", "false refused", "false timeout");
  }

  @Test
  void listenerThatFailsDoesNotKeepItFromOthers() {
    List<ConditionStatus> heard = new ArrayList<>();
    readiness.onTransition(status -> {
      throw new IllegalStateException("expected by the test");
    });
    readiness.onTransition(heard::add);

    readiness.condition("upstream").met();

    assertThat(heard).hasSize(1);
  }

  @Test
  void refusesTheSameNameTwiceAndABlankReason() {
    Condition upstream = readiness.condition("upstream");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> readiness.condition("upstream"))
        .withMessage("condition: \"upstream\" twice (expected: once)");
    assertThatIllegalArgumentException().isThrownBy(() -> upstream.notMet(" "));
  }

  private static Clock clock(InstantSource source) {
    return source.withZone(ZoneOffset.UTC);
  }
}
