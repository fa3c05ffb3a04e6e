package io.harborgateway.announce.nats;

import static io.harborgateway.announce.state.RouteState.ANNOUNCED;
import static io.harborgateway.announce.state.RouteState.HELD;
import static io.harborgateway.announce.state.RouteState.READY;
import static io.harborgateway.announce.state.RouteState.WITHDRAWING;
import static io.harborgateway.announce.state.RouteState.WITHDRAWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.state.RouteState;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The state machine of docs/announcing.md, arrow by arrow. */
class TrackedRouteTest {
  private final List<String> moves = new ArrayList<>();
  private final List<String> published = new ArrayList<>();
  private final AnnouncedNames announcedNames = new AnnouncedNames();
  private boolean connected = true;

  private final TrackedRoute route =
      new TrackedRoute(
          TestRoutes.HTTPS,
          Clock.systemUTC(),
          (moved, from, now) -> moves.add(from + " " + now.state() + " " + now.reason()));

  private final TrackedRoute.Publisher nats =
      new TrackedRoute.Publisher() {
        @Override
        public boolean publish(String subject, List<byte[]> messages) {
          if (connected) {
            published.add(subject);
          }
          return connected;
        }

        @Override
        public int maxPayload() {
          return 1 << 20;
        }
      };

  private RouteState state() {
    return route.status().state();
  }

  /** Anybody on NATS can come and go as often as it likes. */
  @Test
  void isToldToNewcomersSomeTimesAndThenOnceMoreForEachInterval() {
    for (int i = 0; i < 1_000; i++) {
      route.registerForNewcomer(nats, announcedNames);
    }
    assertThat(published).as("it is not to be told of yet").isEmpty();
    route.open();
    tell();
    for (int i = 0; i < 1_000; i++) {
      route.registerForNewcomer(nats, announcedNames);
    }
    assertThat(route.status().registrations()).isEqualTo(1 + TrackedRoute.INTRODUCTIONS);
    for (int interval = 1; interval <= 3; interval++) {
      route.registerAgain(nats, announcedNames);
      for (int i = 0; i < 1_000; i++) {
        route.registerForNewcomer(nats, announcedNames);
      }
      assertThat(route.status().registrations())
          .isEqualTo(1 + TrackedRoute.INTRODUCTIONS + 2 * interval);
    }
    for (int i = 0; i < 1_000; i++) {
      route.registerAgain(nats, announcedNames);
    }
    long before = route.status().registrations();
    for (int i = 0; i < 1_000; i++) {
      route.registerForNewcomer(nats, announcedNames);
    }
    assertThat(route.status().registrations()).isEqualTo(before + TrackedRoute.INTRODUCTIONS);
  }

  @Test
  void beginsHeldAndPublishesNothing() {
    tell();
    assertThat(state()).isEqualTo(HELD);
    assertThat(published).isEmpty();
  }

  @Test
  void whatIsNotAnnouncedIsHeldBackWithItsReasonAndNotUnregistered() {
    route.hold("upstream: refused");
    assertThat(state()).isEqualTo(HELD);
    assertThat(route.status().reason()).isEqualTo("upstream: refused");
    route.open();
    route.hold("upstream: refused again");
    assertThat(state()).isEqualTo(HELD);
    tell();
    assertThat(published).isEmpty();
  }

  @Test
  void readyIsAnnouncedOnceNatsTakesIt() {
    connected = false;
    route.open();
    tell();
    assertThat(state()).isEqualTo(READY);
    assertThat(route.status().reason()).isEqualTo("waits for NATS");
    connected = true;
    tell();
    assertThat(state()).isEqualTo(ANNOUNCED);
    assertThat(published).containsExactly("router.unregister", "router.register");
    assertThat(moves).containsExactly("HELD READY waits for NATS", "READY ANNOUNCED ");
  }

  @Test
  void announcedStaysAnnouncedWhileNatsIsAway() {
    announce();
    connected = false;
    tell();
    assertThat(state()).isEqualTo(ANNOUNCED);
    assertThat(route.status().registrations()).isEqualTo(1);
  }

  @Test
  void withdrawnAfterTheLastUnregistration() {
    announce();
    route.hold("draining");
    for (int i = 0; i < TrackedRoute.UNREGISTRATIONS; i++) {
      assertThat(state()).isEqualTo(WITHDRAWING);
      tell();
    }
    assertThat(state()).isEqualTo(WITHDRAWN);
    assertThat(route.status().reason()).isEqualTo("draining");
    tell();
    assertThat(published).hasSize(2 + TrackedRoute.UNREGISTRATIONS);
  }

  /** Routers know names and endpoints alone: they would forget the other route's. */
  @Test
  void whatAnotherRouteAnnouncesIsNotUnregistered() {
    announce();
    announcedNames.add(TestRoutes.HTTPS.message());
    route.hold("changed");
    for (int i = 0; i < TrackedRoute.UNREGISTRATIONS; i++) {
      tell();
    }
    assertThat(state()).isEqualTo(WITHDRAWN);
    assertThat(published).containsExactly("router.unregister", "router.register");
  }

  @Test
  void whatNatsDoesNotTakeIsNotCountedAsAnUnregistration() {
    announce();
    route.hold("draining");
    connected = false;
    for (int i = 0; i < 2 * TrackedRoute.UNREGISTRATIONS; i++) {
      tell();
    }
    assertThat(state()).isEqualTo(WITHDRAWING);
  }

  @Test
  void openAgainWhileWithdrawingIsRegisteredAgain() {
    announce();
    route.hold("upstream: refused");
    tell();
    route.open();
    tell();
    assertThat(state()).isEqualTo(ANNOUNCED);
    assertThat(published)
        .containsExactly(
            "router.unregister", "router.register", "router.unregister", "router.register");
  }

  @Test
  void openAgainButNotYetToldItIsStillUnregistered() {
    announce();
    route.hold("upstream: refused");
    connected = false;
    route.open();
    route.hold("upstream: refused");
    assertThat(state()).isEqualTo(WITHDRAWING);
  }

  @Test
  void withdrawnIsUnregisteredAgainWhenItIsToBeToldAgain() {
    announce();
    route.hold("draining");
    for (int i = 0; i < TrackedRoute.UNREGISTRATIONS; i++) {
      tell();
    }
    route.tellAgain();
    assertThat(state()).isEqualTo(WITHDRAWING);
    tell();
    assertThat(published).hasSize(3 + TrackedRoute.UNREGISTRATIONS);
  }

  /** A router passes over an endpoint whose process has died, and only that ends it. */
  @Test
  void whatThisProcessAnnouncesForTheFirstTimeIsUnregisteredRightBefore() {
    connected = false;
    route.open();
    tell();
    assertThat(published).isEmpty();
    connected = true;
    tell();
    tell();
    assertThat(published)
        .containsExactly("router.unregister", "router.register", "router.register");
  }

  /** As the next version of a route: clients would be without one for a moment. */
  @Test
  void whatAnotherRouteOfThisProcessHasAnnouncedIsNotUnregisteredBefore() {
    announcedNames.introduce(TestRoutes.HTTPS.message());
    announce();
    assertThat(published).containsExactly("router.register");
  }

  @Test
  void theLastNodeStaysAnnouncedWithItsReasonAndSaysSo() {
    announce();
    assertThat(route.keep("last node: upstream: refused")).isTrue();
    tell();
    assertThat(state()).isEqualTo(ANNOUNCED);
    assertThat(route.status().reason()).isEqualTo("last node: upstream: refused");
    assertThat(route.message().isLast()).isTrue();
    assertThat(route.keep("last node: upstream: refused")).as("again").isFalse();

    assertThat(route.open()).as("it is back").isTrue();
    assertThat(route.status().reason()).isEmpty();
    assertThat(route.message().isLast()).isFalse();
    assertThat(published).doesNotContainSequence("router.register", "router.unregister");
  }

  /** Another node was there when this one went down, and left then. */
  @Test
  void whatWasWithdrawnIsAnnouncedAsTheLastNode() {
    announce();
    route.hold("upstream: refused");
    tell();
    assertThat(route.keep("last node: upstream: refused")).isTrue();
    tell();
    assertThat(state()).isEqualTo(ANNOUNCED);
    assertThat(route.status().reason()).isEqualTo("last node: upstream: refused");
  }

  /** What is to be told in any state; the two exclude each other. */
  private void tell() {
    route.register(nats, announcedNames);
    route.unregister(nats, announcedNames);
  }

  private void announce() {
    route.open();
    tell();
    assertThat(state()).isEqualTo(ANNOUNCED);
  }
}
