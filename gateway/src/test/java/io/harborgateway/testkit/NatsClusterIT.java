package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class NatsClusterIT {
  private static final Duration BOUNDED = Duration.ofSeconds(30);

  private static SSLContext noTls() {
    throw new AssertionError("no request is made here");
  }

  /** Of one server only: the others are learned. */
  private static Options.Builder client(NatsCluster cluster) {
    return new Options.Builder()
        .server(cluster.urls()[0])
        .maxReconnects(-1)
        .reconnectWait(Duration.ofMillis(100));
  }

  private static boolean isOn(Connection client, NatsServer server) {
    String url = client.getConnectedUrl();
    return url != null && url.endsWith(":" + server.port());
  }

  @Test
  void clientsSurviveTheKillOfEachNodeInTurn() throws Exception {
    try (var cluster = NatsCluster.start();
        var router = Gorouter.start(client(cluster), NatsClusterIT::noTls);
        Connection client = Nats.connect(client(cluster).build())) {
      for (int node = 0; node < 3; node++) {
        NatsServer killed = cluster.server(node);
        cluster.kill(node);
        Await.until(
            "the client is on another node",
            BOUNDED,
            () -> client.getStatus() == Connection.Status.CONNECTED && !isOn(client, killed));
        String uri = "after-" + node;
        byte[] route =
            "{\"uris\":[\"%s\"],\"host\":\"h\",\"tls_port\":1}"
                .formatted(uri)
                .getBytes(StandardCharsets.UTF_8);
        Await.until(
            "the router hears of " + uri,
            BOUNDED,
            () -> {
              client.publish("router.register", route); // the router may be between two nodes
              return router.endpoints(uri).size() == 1;
            });
        cluster.start(node);
      }
      assertThat(client.getStatistics().getReconnects()).isPositive();
      assertThat(client.getServers()).hasSize(3);
    }
  }

  @Test
  void messagesReachTheClientsOfEveryNode() throws Exception {
    try (var cluster = NatsCluster.start();
        var router =
            Gorouter.start(new Options.Builder().server(cluster.urls()[2]), NatsClusterIT::noTls)) {
      for (String url : cluster.urls()) {
        try (Connection client = Nats.connect(url)) {
          byte[] route =
              "{\"uris\":[\"%s\"],\"host\":\"h\",\"tls_port\":1}"
                  .formatted(url)
                  .getBytes(StandardCharsets.UTF_8);
          Await.until(
              "the router hears of " + url,
              BOUNDED,
              () -> {
                client.publish("router.register", route);
                return !router.messages().isEmpty()
                    && router
                        .messages()
                        .getLast()
                        .json()
                        .get("uris")
                        .get(0)
                        .stringValue()
                        .equals(url);
              });
        }
      }
    }
  }
}
