package io.harborgateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.NatsTlsConfig;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.RoutePolicyConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.load.ConfigLoader;
import io.harborgateway.config.values.LastNode;
import io.harborgateway.config.values.LoadBalancing;
import io.harborgateway.config.values.RoutePolicyScope;
import io.harborgateway.config.values.Secret;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportRegistrarCommandTest {
  private static final String INSTANCES =
      """
      instances:
        - guid: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
          domain: example.com
          certificate: {chain: chain.pem, key: key.pem}
      listeners:
        - {name: https-443, port: 443, protocol: https, upstream: {address: "127.0.0.1:1443"}}
        - {name: http-80, port: 80, protocol: http, upstream: {address: "127.0.0.1:1080"}}
      """;

  @TempDir Path folder;

  record Outcome(int exitCode, String out, String err) {}

  @Test
  void printsWhatTheGatewayLoads() throws Exception {
    Outcome outcome =
        imported(
            """
            {
              "host": "10.0.0.5",
              "availability_zone": "az \\"1\\"",
              "message_bus_servers": [
                {"host": "nats-0.internal:4224", "user": "nats", "password": "hunter2"},
                {"host": "nats-1.internal", "user": "nats", "password": "hunter3"}
              ],
              "nats_mtls_config": {
                "enabled": true,
                "cert_path": "client.crt",
                "key_path": "client.key",
                "ca_path": "ca.crt"
              },
              "routes": [
                {
                  "name": "harbor",
                  "port": 80,
                  "tls_port": 443,
                  "server_cert_domain_san": "guid.example.com",
                  "protocol": "http2",
                  "uris": ["guid.example.com"],
                  "tags": {"component": "harbor: #1", "empty": ""},
                  "route_service_url": "https://rs.example.com/check",
                  "registration_interval": "1m30s",
                  "health_check": {"name": "probe", "script_path": "/check hunter4"},
                  "options": {
                    "loadbalancing": "hash", "hash_header": "X-Tenant", "hash_balance": 1.5
                  },
                  "allowed_sources": {
                    "apps": ["5f1c3a52-7d0e-4d0a-9a53-3c1b7a0c2f11"],
                    "orgs": ["5f1c3a52-7d0e-4d0a-9a53-3c1b7a0c2f11"]
                  }
                },
                {
                  "name": "more\\nnames",
                  "tls_port": 443,
                  "server_cert_domain_san": "guid.example.com",
                  "uris": ["guid.images.example.com"],
                  "registration_interval": "20s"
                },
                {
                  "name": "plain",
                  "port": 80,
                  "uris": ["guid.example.com"],
                  "route_service_url": "https://user:hunter5@rs.example.com",
                  "registration_interval": "20s"
                },
                {
                  "name": "elsewhere",
                  "host": "10.0.0.9",
                  "port": 80,
                  "uris": ["other.example.com"],
                  "registration_interval": "20s"
                },
                {
                  "type": "tcp",
                  "port": 5000,
                  "external_port": 6000,
                  "router_group": "default-tcp",
                  "registration_interval": "10s"
                }
              ],
              "dynamic_config_globs": ["/var/vcap/jobs/*/config.yml"],
              "unregistration_message_limit": 7,
              "routing_api": {
                "api_url": "http://api.example.com",
                "oauth_url": "https://uaa.example.com:8443",
                "client_id": "client",
                "client_secret": "hunter6"
              },
              "surprise": true
            }
            """);

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err())
        .isEqualTo("warning: %s:71:3: surprise: unknown key, ignored\n".formatted(settingsFile()));
    assertThat(outcome.out()).doesNotContain("hunter").doesNotContain("more\nnames");

    GatewayConfig config = load(outcome.out());
    assertThat(config.node().address()).isEqualTo("10.0.0.5");
    assertThat(config.node().availabilityZone()).isEqualTo("az \"1\"");
    assertThat(config.registration())
        .isEqualTo(
            new RegistrationConfig(
                List.of(
                    URI.create("tls://nats-0.internal:4224"),
                    URI.create("tls://nats-1.internal:4222")),
                "nats",
                Secret.of("from the environment"),
                null,
                null,
                new NatsTlsConfig(
                    folder.resolve("ca.crt"),
                    folder.resolve("client.crt"),
                    folder.resolve("client.key")),
                Duration.ofSeconds(20),
                1,
                Duration.ofMinutes(5),
                Duration.ofDays(14),
                LastNode.KEEP,
                List.of(
                    new AnnouncedRouteConfig(
                        "https-443",
                        List.of(),
                        Map.of("component", "harbor: #1"),
                        null,
                        0,
                        null,
                        null,
                        URI.create("https://rs.example.com/check"),
                        LoadBalancing.HASH,
                        "X-Tenant",
                        new BigDecimal("1.5"),
                        new RoutePolicyConfig(
                            RoutePolicyScope.ANY,
                            List.of(
                                "cf:app:5f1c3a52-7d0e-4d0a-9a53-3c1b7a0c2f11",
                                "cf:org:5f1c3a52-7d0e-4d0a-9a53-3c1b7a0c2f11"))),
                    new AnnouncedRouteConfig(
                        "http-80", List.of(), Map.of(), null, 0, null, null, null, null)),
                null,
                List.of(),
                null,
                List.of()));
  }

  @Test
  void saysOfEverythingElseThatThereIsNoEquivalent() throws Exception {
    Outcome outcome =
        imported(
            """
            {
              "host": "harbor.internal",
              "message_bus_servers": [
                {"host": "nats:4222"},
                {"host": "user:hunter2@nats:4222"}
              ],
              "nats_mtls_config": {"enabled": false, "cert_path": "c", "key_path": "k"},
              "routes": [
                {
                  "name": "harbor",
                  "port": 80,
                  "tls_port": 443,
                  "server_cert_domain_san": "guid.example.com",
                  "protocol": "http2",
                  "uris": ["guid.example.com"],
                  "registration_interval": "500ms",
                  "health_check": {"name": "probe", "script_path": "/check"},
                  "allowed_sources": {"any": true}
                },
                {
                  "name": "away",
                  "host": "other.internal",
                  "port": 80,
                  "uris": ["guid.example.com"],
                  "registration_interval": "500ms"
                },
                {
                  "type": "sni",
                  "sni_port": 5000,
                  "external_port": 6000,
                  "router_group": "default-tcp",
                  "registration_interval": "10s"
                }
              ],
              "dynamic_config_globs": ["/jobs/*.yml"],
              "routing_api": {
                "api_url": "http://api.example.com",
                "oauth_url": "https://uaa.example.com:8443",
                "client_id": "client",
                "client_secret": "hunter3"
              }
            }
            """);

    assertThat(outcome.out().lines().filter(line -> line.strip().startsWith("#")))
        .map(String::strip)
        .contains(
            "# host harbor.internal: no equivalent; node.address is an IP address",
            "# a server is left out: its host is not host:port",
            "# nats_mtls_config is not enabled, or names no files",
            "# registration_interval 500ms is not possible here",
            "# port 80 without TLS: not used by gorouter",
            "# server_cert_domain_san guid.example.com: no equivalent;"
                + " it is the instance's base name",
            "# protocol http2: no equivalent; announced is http1",
            "# health_check \"probe\": no equivalent; the listener's upstream is checked",
            "# route \"away\" to other.internal: no equivalent; that is not this node",
            "# route \"default-tcp:6000\" by the routing API (group default-tcp, port 6000,"
                + " to harbor.internal:5000): no equivalent",
            "# routing_api: no equivalent",
            "# dynamic_config_globs /jobs/*.yml: no equivalent but with registrar-settings",
            "# unregistration_message_limit 5: no equivalent; withdrawals are repeated as needed");
    assertThat(outcome.out()).doesNotContain("hunter");
    RegistrationConfig registration = Objects.requireNonNull(load(outcome.out()).registration());
    assertThat(registration.servers()).containsExactly(URI.create("nats://nats:4222"));
    assertThat(registration.user()).isNull();
    assertThat(registration.tls()).isNull();
    assertThat(registration.interval()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void withoutHttpRoutesTheDefaultOfTheGatewayIsLeft() throws Exception {
    Outcome outcome =
        imported(
            """
            {"host": "10.0.0.5", "message_bus_servers": [{"host": "nats:4222"}]}
            """);
    RegistrationConfig registration = Objects.requireNonNull(load(outcome.out()).registration());
    assertThat(registration.routes())
        .extracting(AnnouncedRouteConfig::listener)
        .containsExactly("https-443");
  }

  @Test
  void withoutServersThereIsNoRegistration() throws Exception {
    Outcome outcome = imported("{\"host\": \"10.0.0.5\"}");
    assertThat(outcome.exitCode()).isZero();
    assertThat(load(outcome.out()).registration()).isNull();
  }

  @Test
  void refusesABadFileWithEveryProblem() throws Exception {
    Outcome outcome = imported("{\"host\": 5,\n \"routes\": 6}");
    assertThat(outcome)
        .isEqualTo(
            new Outcome(
                64,
                "",
                "%1$s:1:10: host: 5 (expected: a text)\n%1$s:2:12: routes: 6 (expected: a list)\n"
                    .formatted(settingsFile())));
  }

  @Test
  void needsAFile() {
    Outcome outcome = run("import-registrar");
    assertThat(outcome.exitCode()).isEqualTo(64);
    assertThat(outcome.err()).contains("FILE").contains("harbor-gateway import-registrar --help");
  }

  private Path settingsFile() {
    return folder.resolve("registrar_settings.json");
  }

  private Outcome imported(String json) throws IOException {
    Files.writeString(settingsFile(), json);
    return run("import-registrar", settingsFile().toString());
  }

  private static Outcome run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  /** Loads it, completed with instances and listeners, next to the files that it names. */
  private GatewayConfig load(String yaml) throws IOException {
    for (String file : List.of("chain.pem", "key.pem", "client.crt", "client.key", "ca.crt")) {
      Files.writeString(folder.resolve(file), "not read here");
    }
    Path gateway = Files.writeString(folder.resolve("gateway.yml"), yaml + INSTANCES);
    try {
      return ConfigLoader.load(gateway, Map.of("NATS_PASSWORD", "from the environment")).config();
    } catch (ConfigException e) {
      throw new AssertionError("refused:\n" + e.getMessage() + "\n" + yaml, e);
    }
  }
}
