package io.harborgateway.registration;

import static io.harborgateway.registration.RouteStatus.State.ANNOUNCED;
import static io.harborgateway.registration.RouteStatus.State.PROVEN;
import static io.harborgateway.registration.RouteStatus.State.UNPROVEN;
import static io.harborgateway.registration.RouteStatus.State.WITHDRAWING;
import static io.harborgateway.registration.RouteStatus.State.WITHDRAWN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The state machine of docs/announcing.md, arrow by arrow. */
class TrackedRouteTest {
  private final List<String> moves = new ArrayList<>();
  private final List<String> published = new ArrayList<>();
  private boolean connected = true;

  private final TrackedRoute route =
      new TrackedRoute(
          Announcing.HTTPS,
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

  private RouteStatus.State state() {
    return route.status().state();
  }

  @Test
  void beginsUnprovenAndPublishesNothing() {
    route.tell(nats);
    assertThat(state()).isEqualTo(UNPROVEN);
    assertThat(published).isEmpty();
  }

  @Test
  void whatIsNotAnnouncedIsHeldBackWithItsReasonAndNotUnregistered() {
    route.disprove("upstream: refused");
    assertThat(state()).isEqualTo(UNPROVEN);
    assertThat(route.status().reason()).isEqualTo("upstream: refused");
    route.prove();
    route.disprove("upstream: refused again");
    assertThat(state()).isEqualTo(UNPROVEN);
    route.tell(nats);
    assertThat(published).isEmpty();
  }

  @Test
  void provenIsAnnouncedOnceNatsTakesIt() {
    connected = false;
    route.prove();
    route.tell(nats);
    assertThat(state()).isEqualTo(PROVEN);
    assertThat(route.status().reason()).isEqualTo("waits for NATS");
    connected = true;
    route.tell(nats);
    assertThat(state()).isEqualTo(ANNOUNCED);
    assertThat(published).containsExactly("router.register");
    assertThat(moves).containsExactly("UNPROVEN PROVEN waits for NATS", "PROVEN ANNOUNCED ");
  }

  @Test
  void announcedStaysAnnouncedWhileNatsIsAway() {
    announce();
    connected = false;
    route.tell(nats);
    assertThat(state()).isEqualTo(ANNOUNCED);
    assertThat(route.status().registrations()).isEqualTo(1);
  }

  @Test
  void withdrawnAfterTheLastUnregistration() {
    announce();
    route.disprove("draining");
    for (int i = 0; i < TrackedRoute.UNREGISTRATIONS; i++) {
      assertThat(state()).isEqualTo(WITHDRAWING);
      route.tell(nats);
    }
    assertThat(state()).isEqualTo(WITHDRAWN);
    assertThat(route.status().reason()).isEqualTo("draining");
    route.tell(nats);
    assertThat(published).hasSize(1 + TrackedRoute.UNREGISTRATIONS);
  }

  @Test
  void whatNatsDoesNotTakeIsNotCountedAsAnUnregistration() {
    announce();
    route.disprove("draining");
    connected = false;
    for (int i = 0; i < 2 * TrackedRoute.UNREGISTRATIONS; i++) {
      route.tell(nats);
    }
    assertThat(state()).isEqualTo(WITHDRAWING);
  }

  @Test
  void provenAgainWhileWithdrawingIsRegisteredAgain() {
    announce();
    route.disprove("upstream: refused");
    route.tell(nats);
    route.prove();
    route.tell(nats);
    assertThat(state()).isEqualTo(ANNOUNCED);
    assertThat(published)
        .containsExactly("router.register", "router.unregister", "router.register");
  }

  @Test
  void provenAgainButNotYetToldItIsStillUnregistered() {
    announce();
    route.disprove("upstream: refused");
    connected = false;
    route.prove();
    route.disprove("upstream: refused");
    assertThat(state()).isEqualTo(WITHDRAWING);
  }

  @Test
  void withdrawnIsUnregisteredAgainWhenItIsToBeToldAgain() {
    announce();
    route.disprove("draining");
    for (int i = 0; i < TrackedRoute.UNREGISTRATIONS; i++) {
      route.tell(nats);
    }
    route.tellAgain();
    assertThat(state()).isEqualTo(WITHDRAWING);
    route.tell(nats);
    assertThat(published).hasSize(2 + TrackedRoute.UNREGISTRATIONS);
  }

  private void announce() {
    route.prove();
    route.tell(nats);
    assertThat(state()).isEqualTo(ANNOUNCED);
  }
}
