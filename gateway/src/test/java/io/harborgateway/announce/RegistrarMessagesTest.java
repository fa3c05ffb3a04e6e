package io.harborgateway.announce;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.nats.Endpoint;
import io.harborgateway.announce.nats.NodeIdentity;
import io.harborgateway.announce.routeregistrar.HttpRoute;
import io.harborgateway.announce.routeregistrar.RegistrarRoute;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.announce.routeregistrar.TcpRoute;
import io.harborgateway.announce.routingapi.TcpRouteMapping.RouterTls;
import io.harborgateway.config.values.HostName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistrarMessagesTest {
  private static final NodeIdentity ORIGIN =
      new NodeIdentity(
          "10.0.1.5", UUID.fromString("00000000-0000-4000-8000-000000000001"), "own-zone");

  @TempDir Path folder;

  private RegistrarSettings settings(String more, String... routes) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("registrar_settings.json"),
            """
            {"host": "10.0.0.5", "message_bus_servers": [{"host": "nats:4222"}], %s
             "routing_api": {"api_url": "http://api", "oauth_url": "https://uaa",
               "client_id": "c", "client_secret": "s"},
             "routes": [%s]}
            """
                .formatted(more, String.join(",\n", routes)));
    return RegistrarSettings.read(file);
  }

  private RegistrarMessages messages(RegistrarSettings settings) {
    return new RegistrarMessages(settings, ORIGIN, Set.of(443));
  }

  private static String http(String keys) {
    return """
    {"name": "harbor", "uris": ["a.example.com"], "registration_interval": "10s", %s}\
    """
        .formatted(keys);
  }

  @Test
  void hostAndZoneAreTheFiles() throws Exception {
    var settings =
        settings(
            "\"availability_zone\": \"file-zone\",",
            http("\"port\": 80"),
            http("\"port\": 1, \"host\": \"b\""));
    var first = messages(settings).of((HttpRoute) settings.routes().getFirst()).message();
    assertThat(first.origin())
        .isEqualTo(new NodeIdentity("10.0.0.5", ORIGIN.privateInstanceId(), "file-zone"));
    var second = messages(settings).of((HttpRoute) settings.routes().getLast()).message();
    assertThat(second.origin().address()).isEqualTo("b");
  }

  @Test
  void withoutAZoneInTheFileItIsTheNodes() throws Exception {
    var settings = settings("", http("\"port\": 80"));
    var message = messages(settings).of((HttpRoute) settings.routes().getFirst()).message();
    assertThat(message.origin().availabilityZone()).isEqualTo("own-zone");
  }

  @Test
  void intervalIsTheRoutesWithinWhatTheConfigurationCouldSay() throws Exception {
    var settings = settings("", http("\"port\": 80"));
    assertThat(messages(settings).of((HttpRoute) settings.routes().getFirst()).interval())
        .isEqualTo(Duration.ofSeconds(10));
    assertThat(RegistrarMessages.interval(Duration.ofMillis(1))).isEqualTo(Duration.ofSeconds(1));
    assertThat(RegistrarMessages.interval(Duration.ofDays(1))).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void http2IsAnnouncedAsHttp1OnPortsOfTheGateway() throws Exception {
    var settings =
        settings(
            "",
            http("\"tls_port\": 443, \"server_cert_domain_san\": \"a\", \"protocol\": \"http2\""),
            http("\"tls_port\": 444, \"server_cert_domain_san\": \"a\", \"protocol\": \"http2\""));
    assertThat(settings.routes())
        .map(route -> messages(settings).of((HttpRoute) route).message().endpoint().protocol())
        .containsExactly(Endpoint.Protocol.HTTP1, Endpoint.Protocol.HTTP2);
    assertThat(settings.routes())
        .map(route -> messages(settings).isAnnouncedAsHttp1((HttpRoute) route))
        .containsExactly(true, false);
  }

  @Test
  void optionsAreTheRoutes() throws Exception {
    var settings =
        settings(
            "",
            http(
                """
                "port": 80, "options": {"loadbalancing": "hash", "hash_header": "X-Tenant"},
                "allowed_sources": {"apps": ["5f1c3a52-7d0e-4d0a-9a53-3c1b7a0c2f11"]}\
                """));
    var route = (HttpRoute) settings.routes().getFirst();
    assertThat(messages(settings).of(route).message().fields().options())
        .isEqualTo(route.options());
    assertThat(new String(messages(settings).of(route).message().json(), UTF_8))
        .contains(
            "\"hash_header\":\"X-Tenant\"",
            "\"allowed_sources\":{\"apps\":[\"5f1c3a52-7d0e-4d0a-9a53-3c1b7a0c2f11\"]}");
  }

  @Test
  void sniRouteAsTheRoutingApiHasIt() throws Exception {
    var settings =
        settings(
            "",
            """
            {"type": "sni", "name": "by-sni", "sni_port": 17000, "external_port": 16000,
             "sni_routable_san": "sni.internal", "sni_rewrite_san": "backend.internal",
             "terminate_frontend_tls": true, "enable_backend_tls": true,
             "alpns": ["http/1.1", "h2"], "router_group": "default-tcp",
             "registration_interval": "10s"}
            """);
    var mapping = messages(settings).of((TcpRoute) settings.routes().getFirst());
    assertThat(mapping.backendIp()).isEqualTo("10.0.0.5");
    assertThat(mapping.backendPort()).isEqualTo(17000);
    assertThat(mapping.externalPort()).isEqualTo(16000);
    assertThat(mapping.routerGroup()).isEqualTo("default-tcp");
    assertThat(mapping.sni()).isEqualTo(HostName.of("sni.internal"));
    assertThat(mapping.tls())
        .isEqualTo(
            new RouterTls(true, true, HostName.of("backend.internal"), List.of("h2", "http/1.1")));
    assertThat(mapping.ttl()).as("upserted after each third").isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void idIsTheSameForTheSameRouteAndAnotherForEveryOther() throws Exception {
    var settings =
        settings("", http("\"port\": 80"), http("\"port\": 81"), http("\"tls_port\": 81"));
    List<String> ids = settings.routes().stream().map(RegistrarMessages::id).toList();
    assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.startsWith("registrar/harbor#"));

    List<RegistrarRoute> again =
        settings("", http("\"tls_port\": 81"), http("\"port\": 80")).routes();
    assertThat(again.stream().map(RegistrarMessages::id)).containsExactly(ids.get(2), ids.get(0));
  }
}
