package io.harborgateway.announce.nats;

import static io.harborgateway.announce.nats.TestRoutes.HTTPS;
import static io.harborgateway.announce.nats.TestRoutes.NEVER;
import static io.harborgateway.announce.nats.TestRoutes.NOTARY;
import static io.harborgateway.announce.nats.TestRoutes.announcer;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.state.RouteState;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.NatsServer;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * NATS that is not there yet, goes, and comes back. What arrives is read off the server's trace. A
 * route that is announced in the moment in which the connection comes up is registered by both, so
 * the counts are lower bounds.
 */
@Timeout(60)
final class NatsAwayIT {
  private final RecordingMeters meters = new RecordingMeters();
  private final NatsServer nats = NatsServer.stopped();

  @AfterEach
  void closes() {
    nats.close();
  }

  @Test
  void absentAtTheStartItIsUsedWhenItAppears() {
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      long start = System.nanoTime();
      announcer.start();
      announcer.announce(HTTPS.id());
      assertThat(announcer.withdrawAll("draining", Duration.ofSeconds(5))).isFalse();
      announcer.announce(HTTPS.id());
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
      Await.until("the failure is known", () -> announcer.status().nats().lastError() != null);
      assertThat(announcer.status().nats().lastError()).contains("Connection refused");
      assertThat(announcer.status().nats().connected()).isFalse();

      nats.restart();

      Await.until("the route is registered", () -> nats.published("router.register") >= 1);
      Await.until("routers are greeted", () -> nats.published("router.greet") >= 1);
      assertThat(meters.connections()).containsExactly(true);
      assertThat(meters.failures()).isZero();
    }
  }

  @Test
  void killedAndRestoredItIsToldEverythingAtOnce() {
    nats.restart();
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      announcer.announce(NOTARY.id());
      Await.until("both are registered", () -> nats.published("router.register") >= 2);

      nats.stop();
      Await.until("the loss is seen", () -> !announcer.status().nats().connected());
      assertThat(announcer.status().routes())
          .extracting(RouteStatus::state)
          .containsOnly(RouteState.ANNOUNCED);
      nats.restart();

      Await.until("both are registered again", () -> nats.published("router.register") >= 2);
      Await.until("routers are greeted again", () -> nats.published("router.greet") >= 1);
      assertThat(announcer.status().nats().connected()).isTrue();
      assertThat(meters.connections()).containsExactly(true, false, true);
    }
  }

  @Test
  void startedRouterIsAnsweredAfterAReconnectToo() throws Exception {
    nats.restart();
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      Await.until("it is registered", () -> nats.published("router.register") >= 1);
      nats.restart();
      Await.until("it is registered again", () -> nats.published("router.register") >= 1);

      try (Router router = Router.on(nats)) {
        router.start();
        assertThat(router.next().subject()).isEqualTo("router.register");
      }
    }
  }

  @Test
  void withdrawnWhileItIsAwayIsUnregisteredWhenItIsBack() {
    nats.restart();
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      Await.until("it is registered", () -> nats.published("router.register") >= 1);
      nats.stop();
      Await.until("the loss is seen", () -> !announcer.status().nats().connected());

      announcer.withdraw(HTTPS.id(), "down");
      nats.restart();

      Await.until("it is unregistered", () -> nats.published("router.unregister") >= 1);
      assertThat(nats.published("router.register")).isZero();
    }
  }

  /** A router may have come back together with NATS, with what it knew before. */
  @Test
  void withdrawnBeforeItWentIsUnregisteredOnceMoreWhenItIsBack() {
    nats.restart();
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      Await.until("it is registered", () -> nats.published("router.register") >= 1);
      announcer.withdraw(HTTPS.id(), "down");
      Await.until(
          "it is withdrawn",
          () -> announcer.status().routes().getFirst().state() == RouteState.WITHDRAWN);

      nats.restart();

      Await.until("it is unregistered again", () -> nats.published("router.unregister") >= 1);
      assertThat(nats.published("router.register")).isZero();
    }
  }

  @Test
  void oneServerOfSeveralIsEnough() {
    URI nobody = URI.create("nats://127.0.0.1:" + FreePorts.loopback(1).getFirst());
    nats.restart();
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nobody, nats.uri()), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());

      Await.until("the route is registered", () -> nats.published("router.register") >= 1);
    }
  }
}
