package io.harborgateway.announce.routingapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.routingapi.RoutingApiStandIn.Asked;
import io.harborgateway.announce.routingapi.RoutingApiStandIn.MappingKey;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.config.RoutingApiConfig;
import io.harborgateway.config.UaaConfig;
import io.harborgateway.config.values.Secret;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the routing API is told when the configuration of TCP routes changes. */
final class RoutingApiChangesIT {
  private static final Duration TTL = Duration.ofMinutes(2);

  @TempDir private static Path folder;

  private static TestCertificates certificates;

  private RoutingApiStandIn standIn;
  private RoutingApiAnnouncer announcer;

  @BeforeAll
  static void issues() {
    certificates = TestCertificates.in(folder);
  }

  @BeforeEach
  void announces() {
    standIn = RoutingApiStandIn.start(certificates);
    announcer =
        new RoutingApiAnnouncer(access(standIn, TTL), List.of(syslog(1514)), new NodeEvents());
    announcer.start();
    announcer.announce("syslog");
    announced();
  }

  @AfterEach
  void closes() {
    announcer.close();
    standIn.close();
    assertThat(standIn.violations()).isEmpty();
  }

  private static RoutingApiAccess access(RoutingApiStandIn server, Duration ttl) {
    Path ca = certificates.ca();
    var secret = Secret.of(RoutingApiStandIn.SECRET);
    var uaa = new UaaConfig(server.uaaUri(), ca, RoutingApiStandIn.CLIENT, secret);
    return RoutingApiAccess.of(new RoutingApiConfig(server.apiUri(), ca, null, null, uaa, ttl));
  }

  private static TcpRouteMapping mapping(String id, int backendPort) {
    return new TcpRouteMapping(id, "10.0.1.5", backendPort, 1024, "default-tcp", null);
  }

  private static TcpRouteMapping syslog(int backendPort) {
    return mapping("syslog", backendPort);
  }

  private static MappingKey key(int backendPort) {
    return new MappingKey("g-1", 1024, "10.0.1.5", backendPort, -1, "");
  }

  private void announced() {
    Await.until(
        "it is announced, and nothing else is left",
        () ->
            announcer.status().routes().size() == 1
                && announcer.status().routes().getFirst().state() == RouteState.ANNOUNCED);
  }

  /** As {@code create 1514}. */
  private List<String> changes() {
    return standIn.asked().stream()
        .filter(asked -> asked.path().startsWith("/routing/v1/tcp_routes/"))
        .map(RoutingApiChangesIT::shown)
        .toList();
  }

  private static String shown(Asked asked) {
    String verb = asked.path().substring(asked.path().lastIndexOf('/') + 1);
    return verb + " " + asked.body().get(0).get("backend_port");
  }

  @Test
  void theNewMappingIsThereBeforeTheFormerOneIsDeleted() {
    announcer.replace(syslog(1515));
    Await.until("the former one is deleted", () -> changes().contains("delete 1514"));
    announced();
    assertThat(changes()).containsExactly("create 1514", "create 1515", "delete 1514");
    assertThat(standIn.mappings()).containsExactly(key(1515));
  }

  @Test
  void theSameMappingIsSaidNoMore() {
    for (int i = 0; i < 200; i++) {
      announcer.replace(syslog(1514));
      announcer.add(syslog(1514));
      announcer.reconfigure(access(standIn, TTL));
    }
    announcer.withdraw("syslog", "down");
    Await.until("it is deleted", () -> standIn.mappings().isEmpty());
    assertThat(changes()).containsExactly("create 1514", "delete 1514");
  }

  /** As of a listener that has another name from now on. */
  @Test
  void aMappingThatAnotherRouteHasTooIsNotDeletedWithTheFormer() {
    announcer.add(mapping("other", 1514));
    announcer.announce("other");
    Await.until("it is upserted", () -> changes().size() == 2);
    announcer.remove("syslog", "gone");
    announced();
    assertThat(changes()).containsExactly("create 1514", "create 1514");
    assertThat(standIn.mappings()).containsExactly(key(1514));
  }

  @Test
  void backAndForthAtOnceLeavesTheLastOne() {
    for (int i = 0; i < 5; i++) {
      announcer.replace(syslog(1515));
      announcer.replace(syslog(1514));
    }
    announcer.replace(syslog(1516));
    Await.until("it is there alone", () -> standIn.mappings().equals(List.of(key(1516))));
    announced();
    assertThat(standIn.mappings()).containsExactly(key(1516));
  }

  @Test
  void whatIsHeldIsReplacedWithoutAWord() {
    announcer.withdraw("syslog", "down");
    Await.until("it is deleted", () -> standIn.mappings().isEmpty());
    announcer.replace(syslog(1515));
    assertThat(announcer.status().routes().getFirst().reason()).isEqualTo("down");
    announcer.announce("syslog");
    announced();
    assertThat(changes()).containsExactly("create 1514", "delete 1514", "create 1515");
  }

  @Test
  void anotherApiIsToldOfWhatIsAnnounced() {
    try (var other = RoutingApiStandIn.start(certificates)) {
      announcer.reconfigure(access(other, Duration.ofMinutes(1)));
      Await.until("it has it", () -> other.mappings().equals(List.of(key(1514))));
      assertThat(other.creates().getFirst().get(0).get("ttl").asInt()).isEqualTo(60);
      assertThat(changes()).as("the former API forgets by itself").containsExactly("create 1514");
      announcer.remove("syslog", "gone");
      Await.until("it is deleted there", () -> other.mappings().isEmpty());
    }
  }

  @Test
  void whoRetiresDeletesAllAndThenIsSilent() {
    announcer.retire("not configured");
    Await.until("it is deleted", () -> standIn.mappings().isEmpty());
    Await.until("it is forgotten", () -> announcer.status().routes().isEmpty());
    assertThat(changes()).containsExactly("create 1514", "delete 1514");
  }
}
