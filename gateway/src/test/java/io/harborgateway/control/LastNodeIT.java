package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.nats.RouteStatus;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RouterMessage;
import io.harborgateway.testkit.RouterRequest;
import io.harborgateway.testkit.RouterResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two nodes on a real nats-server, each with an nginx, of which one after the other goes: clients
 * are told that the registry is down, never that it does not exist.
 */
@Timeout(120)
class LastNodeIT {
  private static final String NODE = "drain-delay: 0s, drain-timeout: 10s";

  /** After a quarter more than this time a node knows that nobody else is there. */
  private static final String OFTEN = ", interval: 1s";

  private static final RouterRequest GET = RouterRequest.get(Nodes.NAME, "/v2/");
  private static final RouterRequest POST =
      RouterRequest.post(Nodes.NAME, "/upload/1", new byte[2 << 10]);

  @TempDir Path folder;

  private static RouteStatus route(Nodes nodes, int node) {
    var status =
        Objects.requireNonNull(nodes.gateways.get(node).gateway().announcements().status());
    return status.routes().getFirst();
  }

  private static void awaitLast(Nodes nodes, int node) {
    Await.until(
        "node " + node + " is announced as the last one",
        Nodes.SOON,
        () ->
            route(nodes, node).state() == RouteState.ANNOUNCED
                && route(nodes, node).reason().startsWith("last node: upstream "));
  }

  private static void awaitWithdrawn(Nodes nodes, int node) {
    Await.until(
        "node " + node + " is withdrawn",
        Nodes.SOON,
        () -> route(nodes, node).state() == RouteState.WITHDRAWN);
  }

  private static void assertToldThatItIsDown(Nodes nodes, int requests) {
    for (int i = 0; i < requests; i++) {
      RouterResponse response = nodes.router.request(i % 2 == 0 ? GET : POST);
      assertThat(response.status()).as(response.toString()).isEqualTo(503);
      assertThat(response.isOfRouter()).isFalse();
      assertThat(response.value("Retry-After")).isEqualTo("5");
      assertThat(response.value("X-Harbor-Gateway-Error")).isEqualTo("upstream_down");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"alert", "close"})
  void whileAllAreDownClientsAreToldSoAndWhoIsBackServes(String way) throws Exception {
    try (var nodes = new Nodes(folder, NODE, way, OFTEN)) {
      nodes.nginx.getFirst().stop();
      awaitWithdrawn(nodes, 0);
      nodes.nginx.getLast().stop();
      awaitLast(nodes, 1);
      nodes.router.awaitEndpoints(Nodes.NAME, 2, Nodes.SOON); // the first one joins it
      awaitLast(nodes, 0);
      assertToldThatItIsDown(nodes, 20);

      int heard = nodes.router.messages().size();
      Await.until(
          "both have been announced four times",
          Nodes.SOON,
          () -> nodes.router.messages().size() >= heard + 8);
      assertThat(nodes.router.messages().subList(heard, heard + 8))
          .as("neither takes the other for one that serves")
          .allMatch(message -> message.registers())
          .allMatch(message ->
              message.json().path("tags").path("harbor-gateway").asString("").equals("last"));

      nodes.nginx.getFirst().start();
      awaitWithdrawn(nodes, 1);
      nodes.router.awaitEndpoints(Nodes.NAME, 1, Nodes.SOON);
      assertThat(route(nodes, 0).reason()).isEmpty();
      for (int i = 0; i < 10; i++) {
        assertThat(nodes.router.request(GET).status()).isEqualTo(401);
      }
      nodes.nginx.getLast().start();
      nodes.router.awaitEndpoints(Nodes.NAME, 2, Nodes.SOON);
    }
  }

  /**
   * Each withdraws, as it knows the other one to serve: until they have heard of each other's
   * withdrawal routers answer 404. Several rounds, since a single one may be short by chance.
   */
  @Test
  void whenAllGoDownAtOnceRoutersKnowNobodyForAMomentOnly() {
    int rounds = 4;
    Duration sum = Duration.ZERO;
    for (int i = 0; i < rounds; i++) {
      try (var nodes = new Nodes(folder, NODE, "alert", OFTEN)) {
        Await.until(
            "each has heard of the other", Nodes.SOON, () -> nodes.router.messages().size() >= 8);
        int heard = nodes.router.messages().size();
        nodes.nginx.getFirst().stop();
        nodes.nginx.getLast().stop();
        awaitLast(nodes, 0);
        awaitLast(nodes, 1);
        nodes.router.awaitEndpoints(Nodes.NAME, 2, Nodes.SOON);
        var messages = nodes.router.messages();
        sum = sum.plus(timeWithoutAnybody(messages.subList(heard, messages.size())));
      }
    }
    assertThat(sum.dividedBy(rounds)).isLessThan(Duration.ofMillis(100));
  }

  /** Returns for how long no endpoint was registered, of two that were. */
  private static Duration timeWithoutAnybody(List<RouterMessage> messages) {
    Set<Integer> gone = new HashSet<>();
    Duration sum = Duration.ZERO;
    Instant since = null;
    for (RouterMessage message : messages) {
      int port = message.json().path("tls_port").asInt();
      if (message.registers()) {
        gone.remove(port);
      } else {
        gone.add(port);
      }
      if (since != null && gone.size() < 2) {
        sum = sum.plus(Duration.between(since, message.arrived()));
        since = null;
      } else if (since == null && gone.size() == 2) {
        since = message.arrived();
      }
    }
    System.out.println("nobody was registered for " + sum.toMillis() + " ms");
    return sum;
  }

  /** Its intervals are 20 s: each knows of the other by the answer to its first message. */
  @Test
  void rightAfterTheStartOneThatGoesDownIsWithdrawnAndBothAreNot() {
    try (var nodes = new Nodes(folder, NODE, "alert")) {
      nodes.nginx.getLast().stop();
      Await.until(
          "it is withdrawn, long before the other one's next interval",
          Duration.ofSeconds(8),
          () -> route(nodes, 1).state() == RouteState.WITHDRAWN);
      nodes.nginx.getFirst().stop();
      awaitLast(nodes, 0);
      nodes.router.awaitEndpoints(Nodes.NAME, 2, Nodes.SOON);
    }
  }

  /** The connection to NATS is new, what is known of the others is not. */
  @Test
  void afterNatsWasAwayTheLastNodeStays() {
    try (var nodes = new Nodes(folder, NODE, "alert")) {
      nodes.gateways.getLast().close();
      nodes.router.awaitEndpoints(Nodes.NAME, 1, Nodes.SOON);
      int heard = nodes.router.messages().size();
      nodes.nats.restart();
      Await.until("it registers again", Nodes.SOON, () -> nodes.router.messages().size() > heard);
      nodes.nginx.getFirst().stop();
      awaitLast(nodes, 0);
      assertThat(nodes.router.messages().subList(heard, nodes.router.messages().size()))
          .allMatch(RouterMessage::registers);
    }
  }

  /** Nobody else would serve meanwhile. */
  @Test
  void theLastNodeIsNotHeldBackForFlapping() {
    try (var nodes = new Nodes(folder, NODE, "alert", OFTEN)) {
      nodes.gateways.getLast().close();
      for (int i = 0; i < 5; i++) {
        nodes.nginx.getFirst().stop();
        awaitLast(nodes, 0);
        nodes.nginx.getFirst().start();
        Await.until(
            "it serves", Duration.ofSeconds(3), () -> nodes.router.request(GET).status() == 401);
      }
    }
  }

  /** The gateway's own endpoint for the same names, at another port, serves them. */
  @Test
  void aNodeIsNotTheLastOneWhereItServesTheNamesAtAnotherPort() {
    try (var nats = NatsServer.start();
        var good = Origin.start(Behaviours.acceptUploads());
        var bad = Origin.start(Behaviours.acceptUploads());
        var gateway =
            TestGateway.start(
                folder,
                new GatewayYaml(folder)
                    .node("event-loops: 1, address: 127.0.0.1, " + NODE)
                    .listener("http", "http", good.address())
                    .listener("https", "https", bad.address())
                    .section(
                        "registration: {servers: [\"%s\"], routes: [{listener: http}, {listener: https}]}"
                            .formatted(nats.uri()))
                    .text())) {
      var status = gateway.gateway().announcements();
      Await.until(
          "both are announced",
          Nodes.SOON,
          () ->
              Objects.requireNonNull(status.status()).routes().stream()
                  .allMatch(route -> route.state() == RouteState.ANNOUNCED));
      bad.close();
      Await.until(
          "the one that is down is withdrawn",
          Nodes.SOON,
          () ->
              Objects.requireNonNull(status.status()).routes().stream()
                  .filter(route -> route.id().startsWith("https/"))
                  .allMatch(route -> route.state() == RouteState.WITHDRAWN));
      good.close();
      Await.until(
          "both stay, or step in",
          Nodes.SOON,
          () ->
              Objects.requireNonNull(status.status()).routes().stream()
                  .allMatch(route ->
                      route.state() == RouteState.ANNOUNCED
                          && route.reason().startsWith("last node: ")));
    }
  }

  /** A node that is down and withdrawn is the last one when the other one leaves. */
  @Test
  void whoIsDownStepsInWhenTheOtherOneStops() {
    try (var nodes = new Nodes(folder, NODE, "alert", OFTEN)) {
      nodes.nginx.getFirst().stop();
      awaitWithdrawn(nodes, 0);
      nodes.gateways.getLast().close();
      awaitLast(nodes, 0);
      nodes.router.awaitEndpoints(Nodes.NAME, 1, Nodes.SOON);
      assertToldThatItIsDown(nodes, 4);

      nodes.gateways.getFirst().gateway().draining().begin();
      nodes.router.awaitEndpoints(Nodes.NAME, 0, Nodes.SOON); // a drain is never kept
    }
  }

  @Test
  void byConfigurationTheLastNodeIsWithdrawn() {
    try (var nodes = new Nodes(folder, NODE, "alert", OFTEN + ", last-node: withdraw")) {
      nodes.nginx.getFirst().stop();
      awaitWithdrawn(nodes, 0);
      nodes.nginx.getLast().stop();
      awaitWithdrawn(nodes, 1);
      assertThat(nodes.router.request(GET))
          .extracting(RouterResponse::status, RouterResponse::routerError)
          .containsExactly(404, "unknown_route");
    }
  }
}
