package io.harborgateway.announce.nats;

import static io.harborgateway.announce.nats.TestRoutes.HTTPS;
import static io.harborgateway.announce.nats.TestRoutes.NEVER;
import static io.harborgateway.announce.nats.TestRoutes.NOTARY;
import static io.harborgateway.announce.nats.TestRoutes.announcer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.harborgateway.announce.nats.Router.Heard;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.NatsServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a router hears, from a nats-server that stays. */
final class AnnouncerIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration SOON = Duration.ofMillis(200);
  private static final Duration BOUNDED = Duration.ofSeconds(5);

  private final RecordingMeters meters = new RecordingMeters();
  private final NatsServer nats = NatsServer.start();
  private final Router router = Router.on(nats);

  @BeforeEach
  void nothingIsWaiting() throws Exception {
    assertThat(router.waiting()).isNull();
  }

  @AfterEach
  void closes() throws Exception {
    router.close();
    nats.close();
  }

  @Test
  void registersAtOnceAndAgainAtEachInterval() throws Exception {
    Instant before = Instant.now();
    try (Announcer announcer = announcer(TestRoutes.at(SOON, nats.uri()), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());

      Heard first = router.next();
      assertThat(first.subject()).isEqualTo("router.register");
      assertThat(announcedAt(first.message())).isBetween(before, Instant.now());
      assertThat(withoutTime(first.message()))
          .isEqualTo(
              JSON.readTree(
                  """
                  {"uris":["guid.example.com","guid.extra.example.com"],
                   "host":"10.0.1.5","tls_port":443,"protocol":"http1",
                   "server_cert_domain_san":"guid.example.com",
                   "tags":{"component":"harbor"},
                   "private_instance_id":"00000000-0000-4000-8000-000000000001",
                   "availability_zone":"z1"}
                  """));
      assertThat(router.next()).isEqualTo(first);
      assertThat(router.next()).isEqualTo(first);

      Await.until(
          "three registrations are counted",
          () -> announcer.status().routes().getFirst().registrations() >= 3);
      RouteStatus status = announcer.status().routes().getFirst();
      assertThat(status.state()).isEqualTo(RouteState.ANNOUNCED);
      assertThat(status.lastRegistered()).isAfterOrEqualTo(before);
      assertThat(announcer.status().nats().connected()).isTrue();
      assertThat(announcer.status().nats().server()).contains(":" + nats.port());
      assertThat(meters.publishedOn("router.register")).isGreaterThanOrEqualTo(3);
      assertThat(meters.connections()).containsExactly(true);
    }
    assertThat(meters.connections()).containsExactly(true, false);
    assertThat(meters.failures()).isZero();
    assertThat(nats.log()).contains("harbor-gateway/10.0.1.5");
  }

  @Test
  void announcedBeforeTheStartIsRegisteredAtTheConnection() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      announcer.announce(HTTPS.id());
      announcer.start();

      assertThat(router.next().message().get("tls_port").intValue()).isEqualTo(443);
    }
  }

  @Test
  void announcesOnlyWhatItIsToldTo() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(SOON, nats.uri()), meters)) {
      announcer.start();
      announcer.announce(NOTARY.id());

      for (int i = 0; i < 3; i++) {
        assertThat(router.next().message().get("tls_port").intValue()).isEqualTo(4443);
      }
      RouteStatus other = announcer.status().routes().getFirst();
      assertThat(other.id()).isEqualTo(HTTPS.id());
      assertThat(other.state()).isEqualTo(RouteState.HELD);
      assertThat(other.registrations()).isZero();
    }
  }

  @Test
  void announcedTwiceIsPublishedOnce() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      connected(announcer);
      announcer.announce(HTTPS.id());
      announcer.announce(HTTPS.id());
      announcer.announce(NOTARY.id());

      assertThat(router.next().message().get("tls_port").intValue()).isEqualTo(443);
      assertThat(router.next().message().get("tls_port").intValue()).isEqualTo(4443);
    }
  }

  @Test
  void routerThatStartsIsToldAtOnce() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      Heard first = router.next();

      router.start();

      assertThat(router.next()).isEqualTo(first);
    }
  }

  @Test
  void routersThatAnswerTheGreetingBoundTheInterval() throws Exception {
    router.answerGreetings();
    try (Announcer announcer = announcer(TestRoutes.at(SOON, nats.uri()), meters)) {
      announcer.start();

      Await.until("a router has answered", () -> !announcer.status().routers().isEmpty());
      assertThat(router.greetings()).as("routers read each message as JSON").containsOnly("{}");
      RouterStatus status = announcer.status().routers().getFirst();
      assertThat(status.minimumRegisterIntervalInSeconds()).isEqualTo(20.0);
      assertThat(status.pruneThresholdInSeconds()).isEqualTo(120.0);
      Await.until(
          "the interval is the routers' least",
          () -> announcer.status().interval().equals(Duration.ofSeconds(20)));
    }
  }

  @Test
  void whatRoutersWouldForgetIsRegisteredBeforeTheConfiguredIntervalIsOver() throws Exception {
    router.answerGreetings(2);
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      announcer.start();
      Await.until(
          "the interval is half of what they remember",
          () -> announcer.status().interval().equals(Duration.ofSeconds(1)));
      announcer.announce(HTTPS.id());

      Heard first = router.next();
      assertThat(router.next()).isEqualTo(first);
      assertThat(router.next()).isEqualTo(first);
    }
  }

  @Test
  void withdrawAllUnregistersWhatWasAnnouncedAndWaitsForNats() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      Heard registered = router.next();

      assertThat(announcer.withdrawAll("draining", BOUNDED)).isTrue();

      assertThat(nats.published("router.unregister")).isGreaterThanOrEqualTo(2);
      assertThat(router.next()).isEqualTo(new Heard("router.unregister", registered.message()));
      assertThat(announcer.status().routes())
          .extracting(RouteStatus::state)
          .containsExactly(RouteState.WITHDRAWING, RouteState.HELD);
      assertThat(announcer.status().routes())
          .extracting(RouteStatus::reason)
          .containsOnly("draining");

      router.start();
      for (int i = 1; i < TrackedRoute.UNREGISTRATIONS; i++) {
        assertThat(router.next().subject()).isEqualTo("router.unregister");
      }
      Await.until(
          "it is withdrawn",
          () -> announcer.status().routes().getFirst().state() == RouteState.WITHDRAWN);
      assertThat(router.waiting()).isNull();
      assertThat(announcer.withdrawAll("draining", BOUNDED)).isTrue();
      assertThat(router.next().subject()).isEqualTo("router.unregister");
    }
  }

  @Test
  void withdrawnRouteIsUnregisteredAFewTimesAndNeverRegistered() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(SOON, nats.uri()), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      router.next("router.register");
      announcer.withdraw(HTTPS.id(), "down");
      router.next("router.unregister");
      // by now the other route paces the intervals
      announcer.announce(NOTARY.id());
      Await.until(
          "it is withdrawn",
          () -> announcer.status().routes().getFirst().state() == RouteState.WITHDRAWN);
      Await.until(
          "the server has all of them",
          () -> nats.published("router.unregister") > TrackedRoute.UNREGISTRATIONS);
      for (int i = 0; i < 8; i++) {
        assertThat(router.next("router.register").get("tls_port").intValue()).isEqualTo(4443);
      }

      int introductions = 2; // each route once, before it was announced the first time
      assertThat(nats.published("router.unregister"))
          .isEqualTo(TrackedRoute.UNREGISTRATIONS + introductions);
    }
  }

  @Test
  void announcedAgainIsRegisteredWithANewTime() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      JsonNode first = router.next("router.register");
      announcer.withdraw(HTTPS.id(), "down");
      announcer.announce(HTTPS.id());

      JsonNode second = router.next("router.register");
      if (second.equals(first)) { // told again because the connection was just made
        second = router.next("router.register");
      }
      assertThat(announcedAt(second)).isAfter(announcedAt(first));
      assertThat(withoutTime(second)).isEqualTo(withoutTime(first));
    }
  }

  @Test
  void aRoutesOwnIntervalIsUsed() throws Exception {
    var often = new RegisteredRoute("often", HTTPS.message(), SOON);
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      connected(announcer);
      announcer.announce(NOTARY.id());
      announcer.add(often);
      announcer.announce("often");

      Await.until("it is told of again", () -> registrations(announcer, "often") >= 5);
      // at once, and perhaps again because the connection was just made
      assertThat(registrations(announcer, NOTARY.id())).isBetween(1L, 2L);
    }
  }

  @Test
  void aRouteOfTheStartWithAnIntervalOfItsOwn() {
    var often = new RegisteredRoute("often", HTTPS.message(), SOON);
    try (var announcer =
        new Announcer(
            TestRoutes.at(NEVER, nats.uri()),
            TestRoutes.ORIGIN,
            List.of(often, NOTARY),
            meters,
            new NodeEvents())) {
      connected(announcer);
      announcer.announce("often");
      Await.until("it is told of again", () -> registrations(announcer, "often") >= 4);
    }
  }

  private static long registrations(Announcer announcer, String id) {
    return announcer.status().routes().stream()
        .filter(route -> route.id().equals(id))
        .mapToLong(RouteStatus::registrations)
        .sum();
  }

  @Test
  void aRemovedRouteIsWithdrawnAndForgottenAfterTheLastUnregistration() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      connected(announcer);
      announcer.announce(HTTPS.id());
      router.next("router.register");

      announcer.remove(HTTPS.id(), "in no file");

      for (int i = 0; i < TrackedRoute.UNREGISTRATIONS; i++) {
        router.next("router.unregister");
      }
      Await.until("it is forgotten", () -> announcer.status().routes().size() == 1);
      assertThat(announcer.status().routes().getFirst().id()).isEqualTo(NOTARY.id());
    }
  }

  /** A file that is renamed away and back: the removal must not catch up with it. */
  @Test
  void aRouteThatIsRemovedAndAddedAgainIsNotForgotten() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      connected(announcer);
      announcer.announce(HTTPS.id());
      router.next("router.register");

      announcer.remove(HTTPS.id(), "in no file");
      announcer.add(HTTPS);
      for (int i = 0; i < TrackedRoute.UNREGISTRATIONS; i++) {
        router.next("router.unregister");
      }
      Await.until("it is withdrawn", () -> announcer.count(RouteState.WITHDRAWN) == 1);

      announcer.announce(HTTPS.id());
      router.next("router.register");
    }
  }

  /** The five unregister messages of the old one would take the new one's names with them. */
  @Test
  void theNextVersionOfARouteIsNotUnregisteredWithTheOldOne() throws Exception {
    var old = HTTPS.message();
    var next =
        new RegistryMessage(old.names().subList(0, 1), old.endpoint(), old.origin(), old.fields());
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      connected(announcer);
      announcer.announce(HTTPS.id());
      router.next("router.register");

      announcer.remove(HTTPS.id(), "changed");
      announcer.add(new RegisteredRoute("next", next));
      announcer.announce("next");

      assertThat(uris(router.next("router.unregister"))).hasSize(2); // before the next one is there
      assertThat(uris(router.next("router.register"))).isEqualTo(next.names());
      for (int i = 1; i < TrackedRoute.UNREGISTRATIONS; i++) {
        assertThat(uris(router.next("router.unregister")))
            .containsExactly("guid.extra.example.com");
      }
    }
  }

  /** After a kill -9 routers pass over the endpoint, and registering it does not end that. */
  @Test
  void whatIsAnnouncedForTheFirstTimeIsUnregisteredRightBefore() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(SOON, nats.uri()), meters)) {
      connected(announcer);
      announcer.announce(HTTPS.id());
      router.next("router.register");
      router.next("router.register");
      assertThat(router.unknownUnregistered()).isOne();
      String log = nats.log();
      assertThat(log.indexOf("[PUB router.unregister"))
          .isBetween(0, log.indexOf("[PUB router.register"));
      assertThat(nats.published("router.unregister")).isOne();
    }
  }

  /** Any number of them: each would have every gateway say all that it has. */
  @Test
  void routersThatStartAllTheTimeAreAnsweredOnceASecond() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      connected(announcer);
      announcer.announce(HTTPS.id());
      router.next("router.register");
      for (int i = 0; i < 10_000; i++) {
        router.say("router.start", start("{'id':'r%d'}".formatted(i)));
      }
      assertThat(router.next().subject()).isEqualTo("router.register");
      assertThat(router.next().subject()).isEqualTo("router.register"); // for those in between
      assertThat(registrations(announcer, HTTPS.id())).isLessThan(8);
      assertThat(announcer.status().routers()).hasSizeLessThanOrEqualTo(KnownRouters.MAX_ROUTERS);
    }
  }

  /** Each would have this gateway say once more that it is there. */
  @Test
  void endpointsThatComeAndGoForEverAreAnsweredSomeTimesBeforeTheNextInterval() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      connected(announcer);
      announcer.announce(HTTPS.id());
      router.next("router.register");
      byte[] other =
          start("{'uris':['guid.example.com'],'host':'10.0.1.6','port':80,'tls_port':443}");
      Instant end = Instant.now().plusSeconds(TrackedRoute.INTRODUCTIONS + 4);
      while (Instant.now().isBefore(end)) {
        router.say("router.register", other);
        router.say("router.unregister", other);
        Thread.sleep(20);
      }
      // and at the start: once, and perhaps again because the connection was just made
      assertThat(registrations(announcer, HTTPS.id()))
          .isBetween(1L + TrackedRoute.INTRODUCTIONS, 2L + TrackedRoute.INTRODUCTIONS);
    }
  }

  /** What one says must neither flood the bus, nor end the announcing. */
  @Test
  void whateverRoutersSayRoutesAreAnnouncedEachSecondAtMostAndEachHourAtLeast() throws Exception {
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      connected(announcer);
      announcer.announce(HTTPS.id());
      router.next("router.register");
      saysAndIsBounded(announcer, "1e400", "0.0001", Duration.ofSeconds(1));
      long before = registrations(announcer, HTTPS.id());
      Instant begin = Instant.now();
      router.next("router.register");
      router.next("router.register");
      router.next("router.register");
      long passed = Duration.between(begin, Instant.now()).toSeconds();
      assertThat(registrations(announcer, HTTPS.id()) - before).isLessThan(6 + passed);

      saysAndIsBounded(announcer, "1e10", "1e10", Duration.ofMinutes(30));
      saysAndIsBounded(announcer, "1", "2", Duration.ofSeconds(1));
      router.next("router.register");
      router.next("router.register");
      router.next("router.register");
    }
  }

  private void saysAndIsBounded(Announcer announcer, String minimum, String prune, Duration to) {
    router.say(
        "router.start",
        start(
            "{'id':'evil','minimumRegisterIntervalInSeconds':%s,'pruneThresholdInSeconds':%s}"
                .formatted(minimum, prune)));
    Await.until("the interval is bounded", () -> announcer.status().interval().equals(to));
  }

  /** Each change of mind would put the next round off, and there would never be one. */
  @Test
  void routersThatChangeTheirMindsDoNotPutTheNextRoundOffForEver() throws Exception {
    router.answerGreetings();
    Duration interval = Duration.ofSeconds(1);
    try (Announcer announcer = announcer(TestRoutes.at(interval, nats.uri()), meters);
        var minds = Executors.newSingleThreadScheduledExecutor()) {
      connected(announcer);
      Await.until("a router has answered", () -> !announcer.status().routers().isEmpty());
      announcer.announce(HTTPS.id());
      router.next("router.register");
      var seconds = new AtomicInteger();
      minds.scheduleWithFixedDelay(
          () -> router.answerAgain(answer(2 + seconds.incrementAndGet() % 2)),
          0,
          1_050,
          TimeUnit.MILLISECONDS);
      router.next("router.register");
      minds.shutdownNow();
    }
  }

  private static byte[] answer(int minimum) {
    return start(
        "{'id':'router-1','minimumRegisterIntervalInSeconds':%d,'pruneThresholdInSeconds':120}"
            .formatted(minimum));
  }

  private static byte[] start(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> uris(JsonNode message) {
    return message.get("uris").values().stream().map(JsonNode::stringValue).toList();
  }

  @Test
  void unknownRouteIsRefused() {
    try (Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> announcer.announce("tcp"))
          .withMessage("route: \"tcp\" (expected: one of [https, notary])");
    }
  }

  @Test
  void twoRoutesOfOneIdAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new Announcer(
                TestRoutes.at(NEVER, nats.uri()),
                TestRoutes.ORIGIN,
                List.of(HTTPS, HTTPS),
                meters,
                new NodeEvents()));
  }

  @Test
  void afterCloseNothingHappensAndNothingWaits() {
    Announcer announcer = announcer(TestRoutes.at(NEVER, nats.uri()), meters);
    announcer.start();
    announcer.close();

    announcer.announce(HTTPS.id());
    assertThat(announcer.withdrawAll("draining", BOUNDED)).isFalse();
    assertThat(announcer.status().nats().connected()).isFalse();
  }

  private static void connected(Announcer announcer) {
    announcer.start();
    Await.until("NATS is connected", () -> announcer.status().nats().connected());
  }

  private static Instant announcedAt(JsonNode message) {
    return Instant.EPOCH.plusNanos(message.get("endpoint_updated_at_ns").longValue());
  }

  private static JsonNode withoutTime(JsonNode message) {
    return ((ObjectNode) message.deepCopy()).without("endpoint_updated_at_ns");
  }
}
