package io.harborgateway.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class ReadinessTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final Drain drain = new Drain();
  private final NodeEvents events = new NodeEvents();
  private final Readiness readiness = new Readiness(drain, events, clock(now::get));

  @Test
  void conditionStartsNotMetWithAReason() {
    condition("upstream");

    assertThat(readiness.ready()).isFalse();
    assertThat(readiness.snapshot())
        .containsExactly(new ConditionStatus("upstream", false, "not checked yet", START));
  }

  @Test
  void readyWhenEveryConditionIsMet() {
    Condition upstream = condition("upstream");
    Condition nats = condition("nats");

    upstream.met();
    assertThat(readiness.ready()).isFalse();
    nats.met();
    assertThat(readiness.ready()).isTrue();
    upstream.notMet("connection refused");
    assertThat(readiness.ready()).isFalse();
  }

  @Test
  void notReadyWhileDraining() {
    condition("upstream").met();
    drain.begin();

    assertThat(readiness.ready()).isFalse();
    assertThat(readiness.draining()).isTrue();
    assertThat(readiness.snapshot()).allMatch(ConditionStatus::met);
  }

  @Test
  void sinceMovesWithTheStateAndNotWithTheReason() {
    Condition upstream = condition("upstream");
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
  void transitionsAreEventsAndNothingElseIs() {
    Condition upstream = condition("upstream");

    upstream.met();
    upstream.met();
    upstream.notMet("refused");
    upstream.notMet("refused");
    upstream.notMet("timeout");

    assertThat(events.recent().events())
        .extracting(RecordedEvent::event)
        .containsExactly(
            new UpstreamEvent.Up("https", "upstream", "10.0.0.1", "", true),
            new UpstreamEvent.Down("https", "upstream", "refused", false),
            new UpstreamEvent.Down("https", "upstream", "timeout", false));
  }

  private Condition condition(String name) {
    return readiness.condition(
        name, (now, ready) -> UpstreamEvent.of("https", name, "10.0.0.1", "", now, ready));
  }

  @Test
  void refusesTheSameNameTwiceAndABlankReason() {
    Condition upstream = condition("upstream");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> condition("upstream"))
        .withMessage("condition: \"upstream\" twice (expected: once)");
    assertThatIllegalArgumentException().isThrownBy(() -> upstream.notMet(" "));
  }

  private static Clock clock(InstantSource source) {
    return source.withZone(ZoneOffset.UTC);
  }
}
