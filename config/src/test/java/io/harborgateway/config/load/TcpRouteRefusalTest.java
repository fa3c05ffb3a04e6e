package io.harborgateway.config.load;

import static io.harborgateway.config.load.Loading.BASE;
import static io.harborgateway.config.load.Loading.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.RoutingApiConfig;
import io.harborgateway.config.TcpRouteConfig;
import io.harborgateway.config.UaaConfig;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is taken and what is refused of the routing API and its routes. */
final class TcpRouteRefusalTest {
  private static final String REGISTRATION =
      BASE + "registration:\n  servers: [\"nats://n:4222\"]\n";

  private static final String API =
      REGISTRATION
          + """
            routing-api:
              url: https://routing-api.example.com:3001
              uaa:
                url: https://uaa.example.com:8443
                client: gateway
                client-secret: {env: SET}
          """;

  @TempDir Path folder;
  private Loading loading;

  @BeforeEach
  void open() {
    loading = new Loading(folder);
  }

  private RegistrationConfig registration(String yaml) {
    RegistrationConfig registration = loading.config(yaml).registration();
    assertThat(registration).isNotNull();
    return registration;
  }

  @Test
  void withoutEither() {
    RegistrationConfig registration = registration(REGISTRATION);
    assertThat(registration.routingApi()).isNull();
    assertThat(registration.tcpRoutes()).isEmpty();
  }

  @Test
  void defaultsOfTheRoutingApi() {
    RegistrationConfig registration = registration(API);
    assertThat(registration.routingApi())
        .isEqualTo(
            new RoutingApiConfig(
                URI.create("https://routing-api.example.com:3001"),
                null,
                null,
                null,
                new UaaConfig(
                    URI.create("https://uaa.example.com:8443"),
                    null,
                    "gateway",
                    Secret.of("from the environment")),
                Duration.ofMinutes(2)));
    assertThat(registration.toString()).doesNotContain("from the environment");
  }

  @Test
  void onePortForSeveralNamesAndForTheRest() {
    RegistrationConfig registration =
        registration(
            API
                + """
                  tcp-routes:
                    - {listener: web, router-group: tcp, external-port: 4443}
                    - {listener: web, router-group: tcp, external-port: 4443, sni: A.example}
                    - {listener: web, router-group: tcp, external-port: 4443, sni: b.example}
                    - {listener: web, router-group: other, external-port: 4443}
                """);
    assertThat(registration.tcpRoutes())
        .extracting(
            TcpRouteConfig::listener,
            TcpRouteConfig::routerGroup,
            TcpRouteConfig::externalPort,
            TcpRouteConfig::sni)
        .containsExactly(
            tuple("web", "tcp", 4443, null),
            tuple("web", "tcp", 4443, HostName.of("a.example")),
            tuple("web", "tcp", 4443, HostName.of("b.example")),
            tuple("web", "other", 4443, null));
  }

  @Test
  void tcpListenerMayHaveOneAndNothingElseNeedsToBeAnnounced() {
    RegistrationConfig registration =
        registration(
            with(API, "protocol: https", "protocol: tcp")
                + "  tcp-routes: [{listener: web, router-group: g, external-port: 1514}]\n");
    assertThat(registration.routes()).isEmpty();
    assertThat(registration.tcpRoutes()).hasSize(1);
  }

  @Test
  void routeWithoutRoutingApi() {
    loading.assertRefused(
        REGISTRATION + "  tcp-routes: [{listener: web, router-group: g, external-port: 1514}]\n",
        "gateway.yml:12:3: registration.tcp-routes: without routing-api"
            + " (expected: routing-api beside it, where they are announced)");
  }

  @Test
  void brokenRoutingApiIsNotReportedTwice() {
    loading.assertRefused(
        REGISTRATION
            + "  routing-api: 5\n"
            + "  tcp-routes: [{listener: web, router-group: g, external-port: 1514}]\n",
        "gateway.yml:12:16: registration.routing-api: 5"
            + " (expected: a mapping with url, ca, certificate, key, uaa, ttl)");
  }

  @Test
  void unknownListener() {
    loading.assertRefused(
        API + "  tcp-routes: [{listener: wbe, router-group: g, external-port: 1514}]\n",
        "gateway.yml:18:27: registration.tcp-routes[0].listener: \"wbe\""
            + " (expected: a listener: web)");
  }

  @Test
  void externalPortOutOfRange() {
    loading.assertRefused(
        API + "  tcp-routes: [{listener: web, router-group: g, external-port: 0}]\n",
        "gateway.yml:18:64: registration.tcp-routes[0].external-port: 0 (expected: 1 to 65535)");
  }

  @Test
  void sniWithoutExternalPort() {
    loading.assertRefused(
        API + "  tcp-routes: [{listener: web, router-group: g, sni: a.example}]\n",
        "gateway.yml:18:16: registration.tcp-routes[0].external-port: missing"
            + " (expected: a whole number)");
  }

  @Test
  void externalPortTwiceInOneGroup() {
    loading.assertRefused(
        API
            + "  tcp-routes:\n"
            + "    - {listener: web, router-group: g, external-port: 1514}\n"
            + "    - {listener: web, router-group: g, external-port: 1514}\n",
        "gateway.yml:20:55: registration.tcp-routes[1].external-port: \"g:1514\","
            + " as at registration.tcp-routes[0].external-port"
            + " (expected: a port of its own in its router group, or an SNI of its own)");
  }

  @Test
  void sniTwiceOnOnePort() {
    loading.assertRefused(
        API
            + "  tcp-routes:\n"
            + "    - {listener: web, router-group: g, external-port: 1514, sni: a.example}\n"
            + "    - {listener: web, router-group: g, external-port: 1514, sni: A.example}\n",
        "gateway.yml:20:55: registration.tcp-routes[1].external-port: \"g:1514 for a.example\","
            + " as at registration.tcp-routes[0].external-port"
            + " (expected: a port of its own in its router group, or an SNI of its own)");
  }

  @Test
  void addressThatIsNotHttps() {
    loading.assertRefused(
        with(API, "https://routing-api", "http://routing-api"),
        "gateway.yml:13:10: registration.routing-api.url:"
            + " \"http://routing-api.example.com:3001\""
            + " (expected: a URI, such as https://host/path)");
  }

  @Test
  void addressWithAQuery() {
    loading.assertRefused(
        with(API, "https://uaa.example.com:8443", "https://uaa.example.com:8443/?zone=z"),
        "gateway.yml:15:12: registration.routing-api.uaa.url:"
            + " \"https://uaa.example.com:8443/?zone=z\""
            + " (expected: a URI without query and fragment)");
  }

  @Test
  void certificateWithoutKey() {
    loading.assertRefused(
        API + "    certificate: chain.pem\n",
        "gateway.yml:18:18: registration.routing-api.certificate: certificate without key"
            + " (expected: both or neither)");
  }

  @Test
  void ttlThatCannotBeKept() {
    loading.assertRefused(
        API + "    ttl: 9s\n",
        "gateway.yml:18:10: registration.routing-api.ttl: 9s (expected: 10s to 1h)");
  }

  @Test
  void secretInTheFileItselfIsNotEchoed() {
    loading.assertRefused(
        with(API, "{env: SET}", "hunter2"),
        "gateway.yml:17:22: registration.routing-api.uaa.client-secret: a single value"
            + " (expected: a mapping with file, env)");
  }
}
