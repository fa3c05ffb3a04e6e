package io.harborgateway.announce.routingapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.state.RouteState;
import io.harborgateway.lifecycle.NodeEvents;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When what is said of a mapping; the time is the test's own, and overflows as nanoTime may. */
final class TrackedMappingTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long NEVER = Long.MAX_VALUE;
  private static final long START = Long.MAX_VALUE - 5 * SECOND;

  private final TrackedMapping route =
      new TrackedMapping(
          new TcpRouteMapping("id", "10.0.0.1", 443, 1024, "group", null),
          120 * SECOND,
          new NodeEvents());

  private static long at(long seconds) {
    return START + seconds * SECOND;
  }

  private RouteState state(long seconds) {
    return route.status("id", at(seconds)).state();
  }

  private long dueIn(long seconds) {
    return route.nanosUntilDue(at(seconds));
  }

  /** Announced at 0, taken by the API at 2. */
  private void announced() {
    route.announce(at(0));
    route.beginUpsert();
    route.sendUpsert();
    route.upserted(at(0), at(2));
  }

  @Test
  void nothingIsToBeSaidBeforeItIsAnnounced() {
    assertThat(dueIn(0)).isEqualTo(NEVER);
    assertThat(state(0)).isEqualTo(RouteState.HELD);
    assertThat(route.withdraw("down", at(0))).isFalse();
    assertThat(dueIn(0)).isEqualTo(NEVER);
  }

  @Test
  void upsertedAtOnceAndAgainAfterAThirdOfTheTtlFromWhenItWasAsked() {
    assertThat(route.announce(at(0))).isTrue();
    assertThat(route.announce(at(0))).isFalse();
    assertThat(dueIn(0)).isZero();
    assertThat(state(0)).isEqualTo(RouteState.READY);

    route.beginUpsert();
    route.upserted(at(0), at(2));

    assertThat(dueIn(2)).isEqualTo(38 * SECOND);
    assertThat(state(119)).isEqualTo(RouteState.ANNOUNCED);
    assertThat(state(120)).isEqualTo(RouteState.READY);
  }

  @Test
  void deletedWhenWithdrawnBeforeOthers() {
    announced();
    assertThat(route.urgent()).isFalse();

    assertThat(route.withdraw("down", at(10))).isTrue();
    assertThat(dueIn(10)).isZero();
    assertThat(route.urgent()).isTrue();
    assertThat(state(10)).isEqualTo(RouteState.WITHDRAWING);

    route.deleted();
    assertThat(dueIn(11)).isEqualTo(NEVER);
    assertThat(state(11)).isEqualTo(RouteState.WITHDRAWN);
  }

  @Test
  void deletionThatFailsIsDueUntilTheTtlHasEnded() {
    announced();
    route.withdraw("down", at(10));
    route.unknown(at(20));

    assertThat(dueIn(20)).isZero();
    assertThat(route.urgent()).isFalse();
    assertThat(route.failing(at(20))).isTrue();
    assertThat(state(121)).isEqualTo(RouteState.WITHDRAWING);
    assertThat(state(122)).isEqualTo(RouteState.WITHDRAWN);
    assertThat(dueIn(122)).isEqualTo(NEVER);
    assertThat(route.failing(at(122))).isFalse();
  }

  @Test
  void withdrawnWhileItIsUpsertedIsDeletedAfterwards() {
    route.announce(at(0));
    route.beginUpsert();
    route.withdraw("down", at(1));
    assertThat(route.mayBeKnown(at(1))).isTrue();

    route.sendUpsert();
    route.upserted(at(0), at(2));

    assertThat(dueIn(2)).isEqualTo(-SECOND);
    assertThat(state(2)).isEqualTo(RouteState.WITHDRAWING);
  }

  @Test
  void upsertWithoutAnOutcomeMayHaveWorked() {
    route.announce(at(0));
    route.beginUpsert();
    route.sendUpsert();
    route.unknown(at(5));
    route.withdraw("down", at(6));

    assertThat(dueIn(6)).isZero();
    assertThat(state(124)).isEqualTo(RouteState.WITHDRAWING);
    assertThat(state(125)).isEqualTo(RouteState.WITHDRAWN);
  }

  @Test
  void upsertThatWasNotSentHasNotWorked() {
    route.announce(at(0));
    route.beginUpsert();
    route.unknown(at(5));
    assertThat(dueIn(5)).isZero();
    route.withdraw("down", at(6));

    assertThat(dueIn(6)).isEqualTo(NEVER);
    assertThat(state(6)).isEqualTo(RouteState.WITHDRAWN);
  }

  @Test
  void refusalIsItsOwnProblemAndIsTriedAgainLater() {
    route.announce(at(0));
    route.beginUpsert();
    route.sendUpsert();
    route.refused(at(1), "no such group");

    assertThat(dueIn(1)).isBetween(SECOND / 2, SECOND);
    assertThat(route.failing(at(1))).isFalse();
    assertThat(route.status("id", at(1)).lastError()).isEqualTo("no such group");

    route.withdraw("down", at(2));
    assertThat(dueIn(2)).isEqualTo(NEVER);
  }

  @Test
  void refusalOfARefreshLeavesWhatTheApiHas() {
    announced();
    route.beginUpsert();
    route.sendUpsert();
    route.refused(at(41), "no such group");
    assertThat(state(41)).isEqualTo(RouteState.ANNOUNCED);

    route.withdraw("down", at(42));
    assertThat(dueIn(42)).isZero();
  }

  @Test
  void announcedAgainWhileItIsDeletedIsUpsertedAfterwards() {
    announced();
    route.withdraw("down", at(10));
    route.announce(at(11));
    route.deleted();

    assertThat(dueIn(12)).isEqualTo(-SECOND);
    assertThat(state(12)).isEqualTo(RouteState.READY);
  }

  @Test
  void whatLeavesIsForgottenOnceTheApiHasDeletedIt() {
    announced();
    assertThat(route.leave("gone", at(10))).isTrue();
    assertThat(route.canBeForgotten(at(10))).isFalse();
    route.stay();
    assertThat(state(10)).isEqualTo(RouteState.WITHDRAWING);
    assertThat(route.leave("gone", at(10))).isFalse();
    route.deleted();
    assertThat(route.canBeForgotten(at(11))).isTrue();
  }

  @Test
  void whatIsReplacedIsDeletedBehindOthers() {
    announced();
    route.leaveInOrder("replaced", at(10));
    assertThat(dueIn(10)).isZero();
    assertThat(route.urgent()).isFalse();
  }

  @Test
  void whatTheApiHasOfAnotherWithTheSameMappingItHasOfThisOne() {
    announced();
    var next =
        new TrackedMapping(
            new TcpRouteMapping("next", "10.0.0.1", 443, 1024, "group", null),
            120 * SECOND,
            new NodeEvents());
    assertThat(next.isSame(route)).isTrue();
    next.announce(at(10));
    route.leave("gone", at(10));

    next.takeOver(route);

    assertThat(route.canBeForgotten(at(10))).isTrue();
    assertThat(next.status("next", at(119)).state()).isEqualTo(RouteState.ANNOUNCED);
    next.withdraw("down", at(10));
    assertThat(next.mayBeKnown(at(121))).isTrue();
    assertThat(next.mayBeKnown(at(122))).isFalse();
  }
}
