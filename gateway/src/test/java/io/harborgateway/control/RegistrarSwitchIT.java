package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.routingapi.RoutingApiStandIn;
import io.harborgateway.announce.routingapi.RoutingApiStandIn.MappingKey;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Gorouter;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RouterRequest;
import io.harborgateway.testkit.TestCertificates;
import io.nats.client.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole gateway that is pointed at route_registrar's file, and told nothing else of routers. */
@Timeout(180)
final class RegistrarSwitchIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @Test
  void announcesServesDrainsAndComesBack() throws Exception {
    TestCertificates certificates =
        TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
    var server = certificates.issue("localhost");
    var client = certificates.issue("gateway.example.com");
    try (NatsServer nats =
            NatsServer.start(
                "--user",
                "nats",
                "--pass",
                "s3cret",
                "--tlsverify",
                "--tlscacert",
                certificates.ca().toString(),
                "--tlscert",
                server.certificate().toString(),
                "--tlskey",
                server.key().toString());
        Gorouter router =
            Gorouter.start(
                new Options.Builder()
                    .server(nats.tlsUri().toString())
                    .userInfo("nats", "s3cret")
                    .sslContext(certificates.presenting(client)),
                certificates::trusting);
        RoutingApiStandIn api = RoutingApiStandIn.startMutual(certificates);
        Origin origin = Origin.start(Behaviours.acceptUploads())) {
      var yaml =
          new GatewayYaml(certificates)
              .node("event-loops: 1, drain-delay: 0s, drain-timeout: 10s")
              .listener("https", "https", origin.address());
      int port = yaml.address("https").getPort();
      Path file =
          new RegistrarFile(Files.createDirectory(folder.resolve("registrar")))
              .server(
                  "{\"host\": \"localhost:%d\", \"user\": \"nats\", \"password\": \"s3cret\"}"
                      .formatted(nats.port()))
              .key(
                  """
                  "nats_mtls_config": {"enabled": true, "ca_path": "%s", "cert_path": "%s",
                    "key_path": "%s"}\
                  """
                      .formatted(certificates.ca(), client.certificate(), client.key()))
              .key("\"host\": \"127.0.0.1\"")
              .routingApi(api, certificates)
              .route(
                  """
                  {"name": "harbor", "tls_port": %d, "server_cert_domain_san": "%s",
                   "uris": ["%s"], "registration_interval": "20s"}
                  """
                      .formatted(port, GatewayYaml.NAME, GatewayYaml.NAME))
              .route(
                  """
                  {"type": "tcp", "port": %d, "external_port": 6000,
                   "router_group": "default-tcp", "registration_interval": "20s"}
                  """
                      .formatted(port))
              .http("elsewhere", 1, "elsewhere.example.com")
              .write();
      yaml.section("registration: {registrar-settings: \"%s\"}".formatted(file));
      var mapping = new MappingKey("g-1", 6000, "127.0.0.1", port, -1, "");

      try (var gateway = TestGateway.start(folder, yaml.text())) {
        announced(router, api, mapping);
        assertThat(upload(router)).isEqualTo(201);

        origin.stop();
        Await.until("the last node says so", SOON, () -> upload(router) == 503);
        Await.until("the mapping is deleted", SOON, () -> api.mappings().isEmpty());
        assertThat(router.endpoints("elsewhere.example.com")).hasSize(1);
        origin.restart();
        announced(router, api, mapping);

        gateway.gateway().reconciler().withdraw();
        gone(router, api);
        gateway.gateway().reconciler().resume();
        announced(router, api, mapping);
      }
      gone(router, api);
      assertThat(router.rejected()).isEmpty();
      assertThat(api.violations()).isEmpty();
    }
  }

  private static int upload(Gorouter router) {
    return router.request(RouterRequest.post(GatewayYaml.NAME, "/upload/1", new byte[10])).status();
  }

  private static void announced(Gorouter router, RoutingApiStandIn api, MappingKey mapping) {
    router.awaitEndpoints(GatewayYaml.NAME, 1, SOON);
    router.awaitEndpoints("elsewhere.example.com", 1, SOON);
    Await.until("it is mapped", SOON, () -> api.mappings().equals(List.of(mapping)));
  }

  private static void gone(Gorouter router, RoutingApiStandIn api) {
    router.awaitEndpoints(GatewayYaml.NAME, 0, SOON);
    router.awaitEndpoints("elsewhere.example.com", 0, SOON);
    Await.until("the mapping is deleted", SOON, () -> api.mappings().isEmpty());
  }
}
