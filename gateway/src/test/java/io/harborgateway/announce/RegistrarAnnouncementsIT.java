package io.harborgateway.announce;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.nats.Announcer;
import io.harborgateway.announce.nats.NodeIdentity;
import io.harborgateway.announce.nats.RouteStatus;
import io.harborgateway.announce.routeregistrar.ScriptEnvironment;
import io.harborgateway.announce.routingapi.RoutingApiAnnouncer;
import io.harborgateway.announce.routingapi.RoutingApiStandIn;
import io.harborgateway.announce.routingapi.RoutingApiStandIn.MappingKey;
import io.harborgateway.announce.state.Verdict;
import io.harborgateway.control.GatewayYaml;
import io.harborgateway.control.MeteredRegistration;
import io.harborgateway.control.RegistrarFile;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.metrics.Meters;
import io.harborgateway.snapshot.SnapshotBuilder;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Gorouter;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.TestCertificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What routers and the routing API learn of route_registrar's files, and when. */
@Timeout(180)
final class RegistrarAnnouncementsIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final NodeIdentity ORIGIN =
      new NodeIdentity("10.0.1.5", UUID.fromString("00000000-0000-4000-8000-000000000001"), null);
  private static final MappingKey TCP = new MappingKey("g-1", 6000, "10.0.0.5", 5000, -1, "");
  private static final MappingKey SNI =
      new MappingKey("g-1", 6001, "10.0.0.5", 5001, -1, "sni.example.com");

  @TempDir private static Path shared;

  private static TestCertificates certificates;

  @TempDir private Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();
  private RegistrarFile file;
  private NatsServer nats;
  private RoutingApiStandIn standIn;
  private Path state;

  @BeforeAll
  static void issues() {
    certificates = TestCertificates.in(shared);
  }

  @BeforeEach
  void starts() throws Exception {
    nats = NatsServer.start();
    standIn = RoutingApiStandIn.startMutual(certificates);
    state = Files.writeString(folder.resolve("state"), "0");
    Path files = Files.createDirectory(folder.resolve("registrar"));
    file =
        new RegistrarFile(files)
            .server("{\"host\": \"127.0.0.1:" + nats.port() + "\"}")
            .key("\"host\": \"10.0.0.5\"")
            .routingApi(standIn, certificates);
  }

  @AfterEach
  void closes() throws Exception {
    for (AutoCloseable last : open.reversed()) {
      last.close();
    }
    standIn.close();
    nats.close();
    assertThat(standIn.violations()).isEmpty();
  }

  /** What announces the file, with a listener of the gateway that can't be announced yet. */
  private record Node(
      Announcer announcer,
      RoutingApiAnnouncer api,
      RegistrarAnnouncements registrar,
      int listener) {
    String reason(String name) {
      return routes(name).map(RouteStatus::reason).findFirst().orElse("there is none");
    }

    long registrations(String name) {
      return routes(name).mapToLong(RouteStatus::registrations).sum();
    }

    private Stream<RouteStatus> routes(String name) {
      return announcer.status().routes().stream()
          .filter(route -> route.id().startsWith("registrar/" + name + "#"));
    }
  }

  private Node start() throws Exception {
    var upstream = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
    var yaml =
        new GatewayYaml(certificates)
            .listener("https", "https", upstream, "tls: {insecure: true}", "")
            .section("registration: {registrar-settings: \"%s\"}".formatted(file.write()));
    int listener = yaml.address("https").getPort();
    Path config = Files.writeString(folder.resolve("gateway.yml"), yaml.text());
    AnnouncementPlan plan =
        Objects.requireNonNull(SnapshotBuilder.load(config, Map.of(), Instant.now()).announcing());
    var settings = Objects.requireNonNull(plan.registrar());
    var announcer =
        new Announcer(
            plan.registration(),
            ORIGIN,
            List.of(),
            new MeteredRegistration(new Meters()),
            new NodeEvents());
    var api =
        new RoutingApiAnnouncer(
            Objects.requireNonNull(plan.routingApi()), List.of(), new NodeEvents());
    var registrar =
        new RegistrarAnnouncements(
            settings,
            new RegistrarMessages(settings, ORIGIN, Set.of(listener)),
            ScriptEnvironment.of(System.getenv(), List.of()),
            announcer,
            api,
            Set.of(listener));
    open.addAll(List.of(announcer, api, registrar));
    announcer.start();
    api.start();
    registrar.start();
    return new Node(announcer, api, registrar, listener);
  }

  private Gorouter router() {
    Gorouter router = Gorouter.start(nats, certificates::trusting);
    open.add(router);
    return router;
  }

  /** Keys of a script that succeeds while {@link #state} is 0. */
  private String checked() {
    return """
    "registration_interval": "2s",
    "health_check": {"name": "probe", "script_path": "exit $(cat %s)", "timeout": "1900ms"}\
    """
        .formatted(state);
  }

  private static String tcp(String keys) {
    return """
    {"type": "tcp", "port": 5000, "external_port": 6000, "router_group": "default-tcp", %s}\
    """
        .formatted(keys);
  }

  @Test
  void httpRouteAsTheFileHasIt() throws Exception {
    file.key("\"availability_zone\": \"z1\"")
        .route(
            """
            {"name": "harbor", "port": 80, "tls_port": 443,
             "server_cert_domain_san": "guid.example.com",
             "uris": ["guid.example.com", "*.guid.example.com"],
             "tags": {"component": "harbor"}, "registration_interval": "20s",
             "options": {"loadbalancing": "least-connection"}}
            """);
    var router = router();
    start();
    JsonNode message = router.awaitMessage(m -> m.registers(), SOON).json();
    assertThat(((ObjectNode) message.deepCopy()).without("endpoint_updated_at_ns"))
        .isEqualTo(
            JSON.readTree(
                """
                {"uris":["guid.example.com","*.guid.example.com"],
                 "host":"10.0.0.5","port":80,"tls_port":443,"protocol":"http1",
                 "server_cert_domain_san":"guid.example.com",
                 "tags":{"component":"harbor"},
                 "private_instance_id":"00000000-0000-4000-8000-000000000001",
                 "availability_zone":"z1",
                 "options":{"loadbalancing":"least-connection","lb_algo":"least-connection"}}
                """));
    assertThat(router.rejected()).isEmpty();
  }

  @Test
  void httpRouteWhileItsScriptSucceeds() throws Exception {
    file.route(
        """
        {"name": "harbor", "port": 80, "uris": ["a.example.com"], %s}
        """
            .formatted(checked()));
    var router = router();
    var node = start();
    router.awaitEndpoints("a.example.com", 1, SOON);

    Files.writeString(state, "3");
    router.awaitEndpoints("a.example.com", 0, SOON);
    assertThat(node.announcer.status().routes().getFirst().reason())
        .contains("\"probe\" exited with 3");

    Files.writeString(state, "0");
    router.awaitEndpoints("a.example.com", 1, SOON);
  }

  @Test
  void tcpAndSniRoutesByTheRoutingApiOfTheFile() throws Exception {
    file.route(tcp("\"registration_interval\": \"20s\""))
        .route(
            """
            {"type": "sni", "sni_port": 5001, "external_port": 6001,
             "sni_routable_san": "sni.example.com", "router_group": "default-tcp",
             "registration_interval": "1h"}
            """);
    var node = start();
    mapped(TCP, SNI);
    assertThat(standIn.creates().stream().map(body -> body.get(0).get("ttl").asInt()))
        .as("three intervals, and max_ttl")
        .containsOnly(60, 120);
    assertThat(node.announcer.status().routes()).as("none of them by NATS").isEmpty();
  }

  @Test
  void tcpRouteWhileItsScriptSucceeds() throws Exception {
    file.route(tcp(checked()));
    start();
    mapped(TCP);
    Files.writeString(state, "1");
    mapped();
    Files.writeString(state, "0");
    mapped(TCP);
  }

  private void mapped(MappingKey... expected) {
    Set<MappingKey> all = Set.of(expected);
    Await.until(
        "the routing API has " + all, SOON, () -> Set.copyOf(standIn.mappings()).equals(all));
  }

  @Test
  void routesOfAFileComeAndGoWithIt() throws Exception {
    file.http("own", 80, "own.example.com");
    var router = router();
    var node = start();
    router.awaitEndpoints("own.example.com", 1, SOON);

    Path more =
        dynamic(
            """
            routes:
            - {name: more, port: 81, uris: [more.example.com], registration_interval: 20s}
            - {type: tcp, port: 5000, external_port: 6000, router_group: default-tcp,
               registration_interval: 20s}
            """);
    router.awaitEndpoints("more.example.com", 1, SOON);
    mapped(TCP);

    Files.delete(more);
    router.awaitEndpoints("more.example.com", 0, SOON);
    mapped();
    Await.until(
        "both are forgotten",
        SOON,
        () -> node.announcer.status().routes().size() == 1 && node.api.status().routes().isEmpty());
    assertThat(router.endpoints("own.example.com")).hasSize(1);
  }

  private Path dynamic(String yaml) throws Exception {
    return Files.writeString(folder.resolve("registrar").resolve("more.yml"), yaml);
  }

  /** The unregister messages of the old one, for 4 s, have no name that the new one has. */
  @Test
  void theNextVersionOfARouteStays() throws Exception {
    String route =
        "routes: [{name: more, port: 81, uris: [%s], registration_interval: 1h, tags: {v: '%d'}}]";
    dynamic(route.formatted("kept.example.com, dropped.example.com", 1));
    var router = router();
    var node = start();
    router.awaitEndpoints("dropped.example.com", 1, SOON);

    dynamic(route.formatted("kept.example.com", 2));
    router.awaitEndpoints("dropped.example.com", 0, SOON);
    router.awaitMessage(m -> m.registers() && m.json().get("uris").size() == 1, SOON);
    Await.until(
        "the old one is forgotten", SOON, () -> node.announcer.status().routes().size() == 1);
    assertThat(router.endpoints("kept.example.com")).hasSize(1);
  }

  @Test
  void routesOfOneNameAreTwo() throws Exception {
    file.http("harbor", 80, "a.example.com").http("harbor", 81, "b.example.com");
    var router = router();
    var node = start();
    router.awaitEndpoints("a.example.com", 1, SOON);
    router.awaitEndpoints("b.example.com", 1, SOON);
    assertThat(node.announcer.status().routes().stream().map(RouteStatus::id))
        .hasSize(2)
        .allMatch(id -> id.startsWith("registrar/harbor#"));
  }

  /** Without a router there are no bounds; the test's would have all of them at 20 s. */
  @Test
  void aRoutesOwnIntervalIsUsed() throws Exception {
    file.http("seldom", 80, "a.example.com")
        .route(
            """
            {"name": "often", "port": 81, "uris": ["b.example.com"],
             "registration_interval": "1s"}
            """);
    var node = start();
    Await.until("it is told of again", SOON, () -> node.registrations("often") >= 5);
    // at once, and perhaps again because the connection was just made
    assertThat(node.registrations("seldom")).isBetween(1L, 2L);
  }

  @Test
  void aRouteToAListenerOfTheGatewayNeedsThatToo() throws Exception {
    file.http("other", 81, "other.example.com");
    var router = router();
    var node = start();
    dynamic(
        "routes: [{name: more, port: %d, uris: [here.example.com], registration_interval: 1h}]"
            .formatted(node.listener));
    router.awaitEndpoints("other.example.com", 1, SOON);
    Await.until("it is seen", SOON, () -> "not checked yet".equals(node.reason("more")));
    assertThat(router.endpoints("here.example.com")).isEmpty();

    node.registrar.update(node.listener, Verdict.open());
    router.awaitEndpoints("here.example.com", 1, SOON);

    node.registrar.update(node.listener, Verdict.held("upstream down"));
    router.awaitEndpoints("here.example.com", 0, SOON);
    assertThat(node.reason("more")).isEqualTo("upstream down");
    assertThat(router.endpoints("other.example.com")).hasSize(1);
  }

  @Test
  void whatIsHeldComesBackWhereverItLeadsTo() throws Exception {
    file.http("elsewhere", 81, "a.example.com").route(tcp("\"registration_interval\": \"1h\""));
    var router = router();
    var node = start();
    router.awaitEndpoints("a.example.com", 1, SOON);
    mapped(TCP);

    node.registrar.updateAll(Verdict.held("draining"));
    router.awaitEndpoints("a.example.com", 0, SOON);
    mapped();
    dynamic("routes: [{name: new, port: 82, uris: [n.example.com], registration_interval: 1h}]");
    Await.until("a new one is held, too", SOON, () -> "draining".equals(node.reason("new")));

    node.registrar.updateAll(Verdict.open());
    router.awaitEndpoints("a.example.com", 1, SOON);
    router.awaitEndpoints("n.example.com", 1, SOON);
    mapped(TCP);
  }

  @Test
  void aRouteThatCannotBeAnnouncedStopsNoOther() throws Exception {
    file.http("own", 80, "own.example.com");
    var router = router();
    var node = start();
    router.awaitEndpoints("own.example.com", 1, SOON);
    Path more =
        dynamic(
            """
            routes:
            - {name: bad, tls_port: %d, server_cert_domain_san: "a b", uris: [b.example.com],
               registration_interval: 1h}
            - {name: good, port: 82, uris: [good.example.com], registration_interval: 1h}
            """
                .formatted(node.listener));
    router.awaitEndpoints("good.example.com", 1, SOON);
    node.registrar.update(node.listener, Verdict.open());
    assertThat(node.reason("bad")).isEqualTo("there is none");
    Files.delete(more);
    router.awaitEndpoints("good.example.com", 0, SOON);
  }
}
