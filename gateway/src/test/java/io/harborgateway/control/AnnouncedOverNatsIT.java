package io.harborgateway.control;

import static io.harborgateway.control.HeardRuns.REGISTER;
import static io.harborgateway.control.HeardRuns.UNREGISTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Gorouter;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RouterRequest;
import io.harborgateway.testkit.RouterResponse;
import io.harborgateway.testkit.TestCertificates;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a router hears of a whole gateway in each of its states, message by message, over every kind
 * of connection to NATS.
 */
@Timeout(100)
class AnnouncedOverNatsIT {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;
  private TestCertificates certificates;

  enum Nats {
    PLAIN,
    PASSWORD,
    TLS,
    MUTUAL_TLS
  }

  /**
   * A nats-server with what its clients need.
   *
   * @param keys of the gateway's registration
   */
  private record Bus(NatsServer server, String keys, Options.Builder client)
      implements AutoCloseable {
    @Override
    public void close() {
      server.close();
    }
  }

  @BeforeEach
  void issues() throws IOException {
    certificates = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
  }

  private Bus bus(Nats kind) throws IOException {
    return switch (kind) {
      case PLAIN -> {
        NatsServer server = NatsServer.start();
        yield new Bus(server, servers(server.uri()), client(server.uri()));
      }
      case PASSWORD -> {
        Path secret = Files.writeString(folder.resolve("nats.secret"), "s3cret\n");
        NatsServer server = NatsServer.start("--user", "gateway", "--pass", "s3cret");
        yield new Bus(
            server,
            servers(server.uri()) + ", user: gateway, password: {file: \"%s\"}".formatted(secret),
            client(server.uri()).userInfo("gateway".toCharArray(), "s3cret".toCharArray()));
      }
      case TLS -> {
        var own = certificates.issue("localhost");
        NatsServer server = NatsServer.start("--tls", "--tlscert", path(own), "--tlskey", key(own));
        yield new Bus(
            server,
            servers(server.tlsUri()) + ", tls: {ca: \"%s\"}".formatted(certificates.ca()),
            client(server.tlsUri()).sslContext(certificates.trusting()));
      }
      case MUTUAL_TLS -> {
        var own = certificates.issue("localhost");
        var gateway = certificates.issue("gateway.test");
        String ca = certificates.ca().toString();
        NatsServer server =
            NatsServer.start(
                "--tlsverify", "--tlscacert", ca, "--tlscert", path(own), "--tlskey", key(own));
        yield new Bus(
            server,
            servers(server.tlsUri())
                + ", tls: {ca: \"%s\", certificate: \"%s\", key: \"%s\"}"
                    .formatted(ca, path(gateway), key(gateway)),
            client(server.tlsUri())
                .sslContext(certificates.presenting(certificates.issue("router.test"))));
      }
    };
  }

  private static String servers(Object uri) {
    return "servers: [\"%s\"]".formatted(uri);
  }

  private static Options.Builder client(Object uri) {
    return new Options.Builder().server(uri.toString());
  }

  private static String path(TestCertificates.Issued issued) {
    return issued.certificate().toString();
  }

  private static String key(TestCertificates.Issued issued) {
    return issued.key().toString();
  }

  private Gorouter router(Bus bus) {
    Gorouter router = Gorouter.start(bus.client(), certificates::trusting);
    router.minimumInterval(1);
    return router;
  }

  private GatewayYaml yaml(Origin origin, String registration) {
    return new GatewayYaml(certificates)
        .node("event-loops: 1, address: 127.0.0.1, availability-zone: z1, drain-delay: 0s")
        .listener("https", "https", origin.address(), "health: {interval: 500ms}", "")
        .section(
            """
            registration:
              {%s, interval: 1s, last-node: withdraw,
               routes: [{listener: https, tags: {component: harbor}}]}
            """
                .formatted(registration));
  }

  @ParameterizedTest
  @EnumSource
  void everyChangeIsHeardOnceItIsTrue(Nats kind) throws IOException {
    Instant begin = Instant.now();
    try (var bus = bus(kind);
        var origin = Origin.start(Behaviours.acceptUploads());
        var router = router(bus)) {
      GatewayYaml yaml = yaml(origin, bus.keys());
      try (var gateway = TestGateway.start(folder, yaml.text());
          var admin = new AdminClient(yaml)) {
        HeardRuns.await(router, 1, REGISTER, 3);
        assertServed(router, gateway);
        assertGreeted(router, admin);

        origin.stop();
        HeardRuns.await(router, 2, UNREGISTER, 5);
        Await.until("withdrawn", () -> state(admin).equals("WITHDRAWN"));
        assertNotTried(router);

        origin.restart();
        HeardRuns.await(router, 3, REGISTER, 1);
        assertServed(router, gateway);

        assertThat(admin.post("/drain").status()).isEqualTo(200);
        HeardRuns.await(router, 4, UNREGISTER, 1);
        assertNotTried(router);

        assertThat(admin.post("/undrain").status()).isEqualTo(200);
        HeardRuns.await(router, 5, REGISTER, 1);
        assertServed(router, gateway);
      }
      HeardRuns.await(router, 6, UNREGISTER, 1);
      assertNotTried(router);

      List<HeardRuns.Run> heard = HeardRuns.of(router);
      assertThat(heard)
          .extracting(HeardRuns.Run::subject)
          .containsExactly(REGISTER, UNREGISTER, REGISTER, UNREGISTER, REGISTER, UNREGISTER);
      assertThat(heard.get(1).count()).as("unregister messages: " + heard).isEqualTo(5);
      assertMessages(heard, yaml.address("https").getPort(), begin);
      assertThat(router.rejected()).isEmpty();
    }
  }

  /** The only thing about a certificate that changes while the gateway runs is its time. */
  @Test
  void aCertificateThatComesWithinItsGuardIsWithdrawn() throws IOException {
    try (var bus = bus(Nats.PLAIN);
        var origin = Origin.start(Behaviours.acceptUploads());
        var router = router(bus)) {
      // Issued for ten days a moment ago; looked at every 10 s.
      Duration guard = Duration.ofDays(10).minusSeconds(8);
      String keys = bus.keys() + ", certificate-guard: %ds".formatted(guard.toSeconds());
      GatewayYaml yaml = yaml(origin, keys);
      try (var gateway = TestGateway.start(folder, yaml.text());
          var admin = new AdminClient(yaml)) {
        HeardRuns.await(router, 1, REGISTER, 1);
        assertServed(router, gateway);
        HeardRuns.await(router, 2, UNREGISTER, 1);
        assertThat(route(admin).path("reason").stringValue()).startsWith("certificate: ends at ");
        assertNotTried(router);

        origin.stop();
        Await.until("the upstream is the reason", () -> reason(admin).startsWith("upstream "));
        origin.restart();
        Await.until("the certificate is again", () -> reason(admin).startsWith("certificate: "));
        HeardRuns.await(router, 2, UNREGISTER, 5);
        assertThat(HeardRuns.of(router)).hasSize(2);
      }
    }
  }

  private static void assertServed(Gorouter router, TestGateway gateway) {
    RouterResponse response =
        router.request(RouterRequest.post(GatewayYaml.NAME, "/upload", new byte[10]));
    assertThat(response.status()).as(response.toString()).isEqualTo(201);
    assertThat(response.attempts()).hasSize(1);
    assertThat(gateway.requests()).isNotEmpty();
  }

  private static void assertNotTried(Gorouter router) {
    RouterResponse response = router.request(RouterRequest.get(GatewayYaml.NAME, "/v2/"));
    assertThat(response.routerError()).isEqualTo("unknown_route");
    assertThat(response.attempts()).isEmpty();
  }

  private static void assertGreeted(Gorouter router, AdminClient admin) {
    assertThat(router.greetings()).isEqualTo(1);
    JsonNode registration = admin.status().path("registration");
    assertThat(registration.path("interval").stringValue()).isEqualTo("PT1S");
    assertThat(registration.path("routers")).hasSize(1);
    JsonNode known = registration.path("routers").get(0);
    assertThat(known.path("id").stringValue()).isEqualTo(router.id());
    assertThat(known.path("minimumRegisterIntervalInSeconds").doubleValue()).isEqualTo(1);
    assertThat(known.path("pruneThresholdInSeconds").doubleValue()).isEqualTo(120);
  }

  private static void assertMessages(List<HeardRuns.Run> heard, int port, Instant begin) {
    String instance = heard.getFirst().message().path("private_instance_id").stringValue();
    assertThat(UUID.fromString(instance)).hasToString(instance);
    Instant last = begin;
    for (HeardRuns.Run run : heard) {
      assertThat(((ObjectNode) run.message().deepCopy()).without("endpoint_updated_at_ns"))
          .isEqualTo(
              JSON.readTree(
                  """
                  {"uris":["%s"],"host":"127.0.0.1","tls_port":%d,"protocol":"http1",
                   "server_cert_domain_san":"%s","tags":{"component":"harbor"},
                   "private_instance_id":"%s","availability_zone":"z1"}
                  """
                      .formatted(GatewayYaml.NAME, port, GatewayYaml.NAME, instance)));
      long nanos = run.message().path("endpoint_updated_at_ns").longValue();
      Instant updated = Instant.EPOCH.plusNanos(nanos);
      if (run.subject().equals(REGISTER)) {
        assertThat(updated).as("each announcement is newer").isAfter(last);
      } else {
        assertThat(updated).as("a withdrawal is of what was announced").isEqualTo(last);
      }
      last = updated;
    }
  }

  private static JsonNode route(AdminClient admin) {
    return admin.status().path("registration").path("routes").get(0);
  }

  private static String state(AdminClient admin) {
    return route(admin).path("state").stringValue();
  }

  private static String reason(AdminClient admin) {
    return route(admin).path("reason").stringValue();
  }
}
