package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Gorouter;
import io.harborgateway.testkit.LoadReport;
import io.harborgateway.testkit.NatsCluster;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RouterLoad;
import io.harborgateway.testkit.RouterMessage;
import io.harborgateway.testkit.TestCertificates;
import io.nats.client.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A whole gateway on a cluster of three nats-servers that die in turn, then all at once. */
@Timeout(120)
class NatsClusterNodesIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int NODES = 3;
  private static final String CONNECTION = "harbor-gateway/127.0.0.1";

  @TempDir private Path folder;

  /** No interval ends here, so that whatever is heard is said because of a connection. */
  private static String registration(NatsCluster cluster, int servers) {
    return "registration: {interval: 1h, servers: [%s]}"
        .formatted(
            cluster.uris().stream()
                .limit(servers)
                .map("\"%s\""::formatted)
                .collect(Collectors.joining(", ")));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, NODES})
  void whicheverNodeDiesNoRequestFails(int configured) throws Exception {
    var certificates = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
    try (var cluster = NatsCluster.start();
        var origin = Origin.start(Behaviours.acceptUploads());
        var router =
            Gorouter.start(
                new Options.Builder().server(cluster.urls()[NODES - 1]), certificates::trusting)) {
      var yaml =
          new GatewayYaml(certificates)
              .node("event-loops: 1, address: 127.0.0.1, drain-delay: 0s")
              .listener("https", "https", origin.address())
              .section(registration(cluster, configured));
      try (var gateway = TestGateway.start(folder, yaml.text());
          var admin = new AdminClient(yaml)) {
        router.awaitEndpoints(GatewayYaml.NAME, 1, SOON);
        RouterLoad load =
            RouterLoad.through(router)
                .threads(4)
                .requests(RouterLoad.mixed(GatewayYaml.NAME))
                .start();
        int kills = 0;
        for (int node = 0; node < NODES; node++) {
          kills += killAndRestart(cluster, node, router, admin) ? 1 : 0;
          load.awaitMore(20);
        }
        assertThat(kills).as("deaths that the gateway had to notice").isPositive();
        killAll(cluster, router, admin, load);

        LoadReport report = load.stop();
        assertThat(report.count(LoadReport.Outcome.SUCCEEDED))
            .as(report.toString())
            .isEqualTo(report.requests());
        assertThat(router.endpoints(GatewayYaml.NAME)).hasSize(1);
        assertThat(router.messages().stream().skip(1)) // the first one is a new process's
            .allMatch(RouterMessage::registers);
        assertThat(gateway.requests()).hasSizeGreaterThanOrEqualTo((int) report.requests());
      }
    }
  }

  /** Returns whether the gateway was connected to it. */
  private static boolean killAndRestart(
      NatsCluster cluster, int node, Gorouter router, AdminClient admin) {
    boolean isOnIt = connectedTo(cluster, admin) == node;
    int heard = router.messages().size();
    cluster.kill(node);
    if (isOnIt) {
      Await.until(
          "the gateway is on another node",
          SOON,
          () -> connectedTo(cluster, admin) >= 0 && connectedTo(cluster, admin) != node);
      Await.until("the router hears of it", SOON, () -> router.messages().size() > heard);
    }
    assertIdentified(cluster, admin);
    cluster.start(node);
    return isOnIt;
  }

  private static void killAll(
      NatsCluster cluster, Gorouter router, AdminClient admin, RouterLoad load) {
    cluster.killAll();
    Await.until("the gateway knows", SOON, () -> connectedTo(cluster, admin) < 0);
    assertThat(nats(admin).path("clientId").longValue()).isZero();
    int heard = router.messages().size();
    load.awaitMore(50);
    cluster.startAll();
    Await.until("the router hears of it", SOON, () -> router.messages().size() > heard);
    Await.until("the gateway is back", SOON, () -> connectedTo(cluster, admin) >= 0);
    assertIdentified(cluster, admin);
  }

  private static JsonNode nats(AdminClient admin) {
    return admin.status().path("registration").path("nats");
  }

  /** The number of the node in the cluster, or -1. */
  private static int connectedTo(NatsCluster cluster, AdminClient admin) {
    String server = nats(admin).path("server").asString("");
    List<NatsServer> nodes = IntStream.range(0, NODES).mapToObj(cluster::server).toList();
    return IntStream.range(0, NODES)
        .filter(node -> server.endsWith(":" + nodes.get(node).port()))
        .findFirst()
        .orElse(-1);
  }

  /** What {@code /status} says of the connection is what the server's own log says. */
  private static void assertIdentified(NatsCluster cluster, AdminClient admin) {
    JsonNode nats = nats(admin);
    assertThat(nats.path("connectionName").stringValue()).isEqualTo(CONNECTION);
    String log = cluster.server(connectedTo(cluster, admin)).log();
    assertThat(log).containsPattern("ID: +" + nats.path("serverId").stringValue());
    String client = "cid:" + nats.path("clientId").longValue() + " ";
    assertThat(log.lines().filter(line -> line.contains(client)))
        .anyMatch(line -> line.contains(CONNECTION));
  }
}
