package io.harborgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.registration.RouteStatus;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.RouterRequest;
import io.harborgateway.testkit.RouterResponse;
import java.nio.file.Path;
import java.util.Objects;
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
    var status = Objects.requireNonNull(nodes.gateways.get(node).gateway().announcing().status());
    return status.routes().getFirst();
  }

  private static void awaitLast(Nodes nodes, int node) {
    Await.until(
        "node " + node + " is announced as the last one",
        Nodes.SOON,
        () ->
            route(nodes, node).state() == RouteStatus.State.ANNOUNCED
                && route(nodes, node).reason().startsWith("last node: upstream "));
  }

  private static void awaitWithdrawn(Nodes nodes, int node) {
    Await.until(
        "node " + node + " is withdrawn",
        Nodes.SOON,
        () -> route(nodes, node).state() == RouteStatus.State.WITHDRAWN);
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
