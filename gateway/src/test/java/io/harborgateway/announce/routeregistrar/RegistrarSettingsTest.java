package io.harborgateway.announce.routeregistrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.harborgateway.announce.routeregistrar.HttpRoute.Backend;
import io.harborgateway.announce.routeregistrar.RegistrarSettings.Part;
import io.harborgateway.announce.routeregistrar.TcpRoute.FrontendTls;
import io.harborgateway.config.RouteOptionsConfig;
import io.harborgateway.config.RoutePolicyConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.LoadBalancing;
import io.harborgateway.config.values.RoutePolicyScope;
import io.harborgateway.config.values.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings file, as the template of route_registrar's BOSH job and its README have it. */
class RegistrarSettingsTest {
  private static final String GUID = "5f1c3a52-7d0e-4d0a-9a53-3c1b7a0c2f11";
  private static final String LEAST =
      """
      {
        "host": "10.0.0.5",
        "message_bus_servers": [{"host": "nats:4222", "user": "u", "password": "hunter2"}],
        "routes": [
          {
            "name": "harbor",
            "port": 80,
            "uris": ["harbor.example.com"],
            "registration_interval": "20s"
          }
        ]
      }
      """;

  private static final String TCP =
      """
      {
        "host": "10.0.0.5",
        "routing_api": {
          "api_url": "http://api.example.com",
          "oauth_url": "https://uaa.example.com:8443",
          "client_id": "client",
          "client_secret": "hunter2"
        },
        "routes": [
          {
            "type": "tcp",
            "port": 5000,
            "external_port": 6000,
            "router_group": "default-tcp",
            "registration_interval": "10s"
          }
        ]
      }
      """;

  @TempDir Path folder;

  @Test
  void readsWhatTheBoshJobWrites() throws Exception {
    RegistrarSettings settings =
        read(
            """
            {
              "message_bus_servers": [
                {"host": "nats-0.internal:4224", "user": "nats", "password": "hunter2"},
                {"host": "nats-1.internal:4224", "user": "nats", "password": "hunter2"}
              ],
              "nats_mtls_config": {
                "enabled": true,
                "cert_path": "/certs/client.crt",
                "key_path": "/certs/client_private.key",
                "ca_path": "/certs/server_ca.crt"
              },
              "host": "10.0.0.5",
              "availability_zone": "az1",
              "unregistration_message_limit": 3,
              "routes": [
                {
                  "name": "harbor",
                  "tls_port": 443,
                  "port": 80,
                  "server_cert_domain_san": "guid.example.com",
                  "protocol": "http2",
                  "uris": ["guid.example.com", "*.guid.example.com"],
                  "tags": {"z": "first", "component": "harbor"},
                  "route_service_url": "https://rs.example.com/check",
                  "registration_interval": "20s",
                  "health_check": {
                    "name": "harbor-health",
                    "script_path": "/var/vcap/jobs/harbor/bin/health_check --quick"
                  },
                  "options": {"loadbalancing": "least-connection"},
                  "allowed_sources": {"apps": ["5f1c3a52-7d0e-4d0a-9a53-3c1b7a0c2f11"], "any": false}
                }
              ],
              "dynamic_config_globs": ["/var/vcap/jobs/*/config/route_registrar/config.yml"],
              "routing_api": {
                "ca_certs": "/certs/ca.crt",
                "client_cert_path": "/api/client.crt",
                "client_private_key_path": "/api/client_private.key",
                "server_ca_cert_path": "/api/server_ca.crt",
                "api_url": "https://routing-api.internal:3001",
                "oauth_url": "https://uaa.internal:8443",
                "client_id": "routing_api_client",
                "client_secret": "hunter3",
                "skip_ssl_validation": false,
                "max_ttl": "100s"
              }
            }
            """);

    var route =
        new HttpRoute(
            "harbor",
            new Backend("10.0.0.5", 80, 443, "guid.example.com", true),
            List.of("guid.example.com", "*.guid.example.com"),
            Map.of("z", "first", "component", "harbor"),
            "https://rs.example.com/check",
            new RouteOptionsConfig(
                LoadBalancing.LEAST_CONNECTION,
                null,
                null,
                new RoutePolicyConfig(RoutePolicyScope.ANY, List.of("cf:app:" + GUID))),
            Duration.ofSeconds(20),
            new ScriptCheck(
                "harbor-health",
                "/var/vcap/jobs/harbor/bin/health_check --quick",
                Duration.ofSeconds(10)));
    assertThat(settings.source().problem("routes[0].name", "found", "").toString())
        .startsWith(folder.resolve("registrar_settings.json") + ":")
        .endsWith(": routes[0].name: found");
    assertThat(settings)
        .isEqualTo(
            new RegistrarSettings(
                settings.source(),
                List.of(
                    new BusServer("nats-0.internal:4224", "nats", Secret.of("hunter2")),
                    new BusServer("nats-1.internal:4224", "nats", Secret.of("hunter2"))),
                new BusTls(
                    true, "/certs/client.crt", "/certs/client_private.key", "/certs/server_ca.crt"),
                "10.0.0.5",
                "az1",
                3,
                List.of(route),
                List.of("/var/vcap/jobs/*/config/route_registrar/config.yml"),
                new RoutingApi(
                    "https://routing-api.internal:3001",
                    "https://uaa.internal:8443",
                    "routing_api_client",
                    Secret.of("hunter3"),
                    "/certs/ca.crt",
                    false,
                    new RoutingApi.ClientTls(
                        "/api/client.crt", "/api/client_private.key", "/api/server_ca.crt"),
                    Duration.ofSeconds(100)),
                List.of()));
    assertThat(((HttpRoute) settings.routes().getFirst()).tags().keySet())
        .containsExactly("z", "component");
    assertThat(settings.toString()).doesNotContain("hunter");
  }

  @Test
  void whatIsThereElsewhereIsNotMissed() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("registrar_settings.json"),
            """
            {"host": "10.0.0.5", "routes": [
              {"name": "harbor", "port": 80, "uris": ["a"], "registration_interval": "20s"},
              {"type": "tcp", "port": 1, "external_port": 2, "router_group": "default-tcp",
               "registration_interval": "20s"}
            ]}
            """);
    assertThat(RegistrarSettings.read(file, EnumSet.allOf(Part.class)).routes()).hasSize(2);
    assertThatThrownBy(() -> RegistrarSettings.read(file, EnumSet.of(Part.SERVERS)))
        .hasMessageContaining("routing_api: missing")
        .hasMessageNotContaining("message_bus_servers");
    assertThatThrownBy(() -> RegistrarSettings.read(file, EnumSet.of(Part.ROUTING_API)))
        .hasMessageContaining("message_bus_servers: none")
        .hasMessageNotContaining("routing_api");
  }

  @Test
  void readsRoutesOfTheRoutingApi() throws Exception {
    RegistrarSettings settings =
        read(
            TCP.replace(
                "\"routes\": [",
                """
                "routes": [
                  {
                    "type": "sni",
                    "name": "by-sni",
                    "host": "10.0.0.9",
                    "sni_port": 17000,
                    "external_port": 16000,
                    "sni_routable_san": "sni.internal",
                    "sni_rewrite_san": "backend.internal",
                    "terminate_frontend_tls": true,
                    "enable_backend_tls": true,
                    "alpns": ["h2", "http/1.1"],
                    "router_group": "default-tcp",
                    "registration_interval": "1m30s"
                  },
                """));

    assertThat(settings.routes())
        .containsExactly(
            new TcpRoute(
                "by-sni",
                "default-tcp",
                16000,
                "10.0.0.9",
                17000,
                new FrontendTls(
                    "sni.internal", "backend.internal", true, true, List.of("h2", "http/1.1")),
                Duration.ofSeconds(90),
                null),
            new TcpRoute(
                "",
                "default-tcp",
                6000,
                "10.0.0.5",
                5000,
                new FrontendTls(null, null, false, false, List.of()),
                Duration.ofSeconds(10),
                null));
    assertThat(settings.routes()).extracting(RegistrarRoute::label).contains("default-tcp:6000");
    assertThat(settings.servers()).isEmpty();
    RoutingApi api = settings.routingApi();
    assertThat(api).isNotNull();
    assertThat(api.maxTtl()).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void fillsInDefaults() throws Exception {
    RegistrarSettings settings = read(LEAST);
    assertThat(settings.unregistrationMessageLimit()).isEqualTo(5);
    assertThat(settings.busTls()).isNull();
    assertThat(settings.routingApi()).isNull();
    assertThat(settings.availabilityZone()).isNull();
    assertThat(settings.dynamicConfigGlobs()).isEmpty();
    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.routes())
        .containsExactly(
            new HttpRoute(
                "harbor",
                new Backend("10.0.0.5", 80, null, null, false),
                List.of("harbor.example.com"),
                Map.of(),
                null,
                RouteOptionsConfig.NONE,
                Duration.ofSeconds(20),
                null));
  }

  /** As Go's encoding/json: the case of keys does not count, and null is as if not written. */
  @Test
  void takesKeysAndNullAsGoDoes() throws Exception {
    RegistrarSettings settings =
        read(
            LEAST
                .replace("\"host\": \"10.0.0.5\"", "\"Host\": \"10.0.0.6\", \"routing_api\": null")
                .replace("\"name\"", "\"tags\": null, \"health_check\": null, \"NAME\""));
    assertThat(settings.routes()).extracting(RegistrarRoute::host).containsExactly("10.0.0.6");
    assertThat(settings.routes()).extracting(RegistrarRoute::name).containsExactly("harbor");
    assertThat(settings.warnings()).isEmpty();
  }

  @Test
  void takesAnIncompleteRoutingApiForNoneWhereNoRouteNeedsIt() throws Exception {
    RegistrarSettings settings =
        read(LEAST.replace("\"routes\"", "\"routing_api\": {\"client_id\": \"c\"}, \"routes\""));
    assertThat(settings.routingApi()).isNull();
  }

  @Test
  void takesTheOlderKeyOfTheLoadBalancing() throws Exception {
    RegistrarSettings settings =
        read(LEAST.replace("\"port\"", "\"options\": {\"lb_algo\": \"round-robin\"}, \"port\""));
    assertThat(options(settings).loadBalancing()).isEqualTo(LoadBalancing.ROUND_ROBIN);
  }

  private static RouteOptionsConfig options(RegistrarSettings settings) {
    return ((HttpRoute) settings.routes().getFirst()).options();
  }

  private RegistrarSettings withKeys(String keys) throws Exception {
    return read(LEAST.replace("\"port\"", keys + ", \"port\""));
  }

  @Test
  void readsAHash() throws Exception {
    RegistrarSettings settings =
        withKeys(
            """
            "options": {"loadbalancing": "hash", "hash_header": "X-Tenant", "hash_balance": 1.25}\
            """);
    assertThat(options(settings))
        .isEqualTo(
            new RouteOptionsConfig(LoadBalancing.HASH, "X-Tenant", new BigDecimal("1.25"), null));
    assertThat(settings.warnings()).isEmpty();
  }

  /** As gorouter does. */
  @Test
  void aHeaderIsIgnoredWithoutAHash() throws Exception {
    RegistrarSettings settings =
        withKeys("\"options\": {\"loadbalancing\": \"round-robin\", \"hash_header\": \"X\"}");
    assertThat(options(settings))
        .isEqualTo(new RouteOptionsConfig(LoadBalancing.ROUND_ROBIN, null, null, null));
  }

  @Test
  void readsAPolicy() throws Exception {
    RegistrarSettings settings =
        withKeys(
            """
            "options": {
              "route_policy_scope": "org",
              "route_policy_sources": "cf:app:%s, ,cf:org:%s"
            }\
            """
                .formatted(GUID, GUID));
    assertThat(options(settings).policy())
        .isEqualTo(
            new RoutePolicyConfig(
                RoutePolicyScope.ORG, List.of("cf:app:" + GUID, "cf:org:" + GUID)));
    assertThat(settings.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'apps': ['A', 'A'], 'spaces': ['A'], 'orgs': ['A'], 'any': false}"
            + " | cf:app:A,cf:app:A,cf:space:A,cf:org:A",
        "{'any': true} | cf:any",
      },
      quoteCharacter = '"')
  void translatesTheOlderAllowedSources(String json, String sources) throws Exception {
    RegistrarSettings settings =
        withKeys("\"allowed_sources\": " + json.replace('\'', '"').replace("A", GUID));
    assertThat(options(settings).policy())
        .isEqualTo(
            new RoutePolicyConfig(
                RoutePolicyScope.ANY, List.of(sources.replace("A", GUID).split(","))));
    assertThat(settings.warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'allowed_sources': {}",
        "'allowed_sources': {'any': false}",
        "'options': {'route_policy_scope': 'any'}"
      })
  void warnsOfAPolicyThatLetsNobodyCall(String keys) throws Exception {
    RegistrarSettings settings = withKeys(keys.replace('\'', '"'));
    assertThat(Objects.requireNonNull(options(settings).policy()).sources()).isEmpty();
    assertThat(settings.warnings())
        .extracting(Problem::expected)
        .containsExactly("one at least: without, nobody may call");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'options': {'loadbalancing': 'hash'} | routes[0].options.hash_header: missing",
        "'options': {'loadbalancing': 'hash', 'hash_header': 'a b'}"
            + " | routes[0].options.hash_header: 'a b'",
        "'options': {'loadbalancing': 'hash', 'hash_header': 'a', 'hash_balance': 1.05}"
            + " | routes[0].options.hash_balance: 1.05",
        "'options': {'loadbalancing': 'hash', 'hash_header': 'a', 'hash_balance': 1e99}"
            + " | routes[0].options.hash_balance: 1e99",
        "'options': {'route_policy_scope': 'galaxy'} | routes[0].options.route_policy_scope: 'gal",
        "'options': {'route_policy_sources': 'cf:any'} | options.route_policy_sources: without",
        "'options': {'route_policy_scope': 'any', 'route_policy_sources': 'app:a'}"
            + " | routes[0].options.route_policy_sources: 'app:a'",
        "'options': {'route_policy_scope': 'any', 'route_policy_sources': 'cf:app:x'}"
            + " | routes[0].options.route_policy_sources: 'cf:app:x' (expected: cf:any, or",
        "'options': {'route_policy_scope': 'any', 'route_policy_sources': 'cf:org:GUID,cf:any'}"
            + " | routes[0].options.route_policy_sources: 'cf:any' beside others",
        "'allowed_sources': {'spaces': ['GUID', 'nope']}"
            + " | routes[0].allowed_sources.spaces[1]: 'nope' (expected: a GUID)",
        "'allowed_sources': {'orgs': ['GUID'], 'any': true}"
            + " | routes[0].allowed_sources.any: true beside others",
        "'allowed_sources': {'apps': ['a,cf:any']} | routes[0].allowed_sources.apps[0]: 'a,cf:any'",
        "'allowed_sources': {'any': true}, 'options': {'route_policy_scope': 'any'}"
            + " | routes[0].allowed_sources: together with",
      },
      quoteCharacter = '"')
  void refusesAPolicyOrAHashThatRoutersWouldTakeForNone(String keys, String problem) {
    assertThatThrownBy(() -> withKeys(keys.replace('\'', '"').replace("GUID", GUID)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(problem.replace('\'', '"'));
  }

  @Test
  void warnsOnceOfEachUnknownKey() throws Exception {
    RegistrarSettings settings =
        read(
            LEAST
                .replace("\"port\"", "\"prepend_instance_index\": false, \"port\"")
                .replace("\"host\": \"10", "\"nats\": {\"a\": 1, \"b\": 2}, \"host\": \"10"));
    assertThat(shown(settings.warnings()))
        .containsExactly(
            "registrar_settings.json:7:7: routes[0].prepend_instance_index: unknown key, ignored",
            "registrar_settings.json:2:3: nats: unknown key, ignored");
  }

  @Test
  void warnsOfWhatGorouterDoesNotTake() throws Exception {
    RegistrarSettings settings =
        read(
            LEAST
                .replace("\"port\": 80", "\"tls_port\": 443, \"type\": \"https\"")
                .replace("\"uris\"", "\"route_service_url\": \"http://rs\", \"uris\""));
    assertThat(settings.warnings())
        .extracting(Problem::path)
        .containsExactly("routes[0].type", "routes[0].route_service_url", "routes[0].tls_port");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"port\": 80 | \"port\": \"80\""
            + " | 7:15: routes[0].port: \"80\" (expected: a whole number, 1 to 65535)",
        "\"port\": 80 | \"port\": 0"
            + " | 7:15: routes[0].port: 0 (expected: a whole number, 1 to 65535)",
        "\"port\": 80 | \"port\": -1"
            + " | 7:15: routes[0].port: -1 (expected: a whole number, 1 to 65535)",
        "\"port\": 80 | \"port\": 65536"
            + " | 7:15: routes[0].port: 65536 (expected: a whole number, 1 to 65535)",
        "\"port\": 80 | \"port\": 80.5"
            + " | 7:15: routes[0].port: 80.5 (expected: a whole number, 1 to 65535)",
        "\"port\": 80 | \"sni_port\": 80"
            + " | 5:5: routes[0].port: missing (expected: port or tls_port)",
        "\"port\": 80 | \"port\": null"
            + " | 7:15: routes[0].port: missing (expected: port or tls_port)",
        "\"name\": \"harbor\", | '' | 5:5: routes[0].name: missing (expected: a name)",
        "\"name\": \"harbor\" | \"name\": \"\" | 6:15: routes[0].name: empty (expected: a name)",
        "\"name\": \"harbor\" | \"name\": 5 | 6:15: routes[0].name: 5 (expected: a text)",
        "[\"harbor.example.com\"] | []"
            + " | 8:7: routes[0].uris: empty (expected: one URI at least)",
        "[\"harbor.example.com\"] | [\"\"] | 8:16: routes[0].uris[0]: empty (expected: a URI)",
        "[\"harbor.example.com\"] | \"harbor\""
            + " | 8:15: routes[0].uris: \"harbor\" (expected: a list)",
        "\"host\": \"10.0.0.5\", | ''"
            + " | 5:5: routes[0].host: missing (expected: a host, here or for all routes)",
        "\"20s\" | \"20\" | 9:32: routes[0].registration_interval: \"20\""
            + " (expected: a duration, such as 20s or 1m30s, longer than 0)",
        "\"20s\" | \"-5s\" | 9:32: routes[0].registration_interval: \"-5s\""
            + " (expected: a duration, such as 20s or 1m30s, longer than 0)",
        "\"20s\" | \"0s\" | 9:32: routes[0].registration_interval: \"0s\""
            + " (expected: a duration, such as 20s or 1m30s, longer than 0)",
        "\"20s\" | \"\" | 9:32: routes[0].registration_interval: empty"
            + " (expected: a duration, such as 20s or 1m30s, longer than 0)",
        "\"20s\" | \"20s\", \"protocol\": \"http3\""
            + " | 9:51: routes[0].protocol: \"http3\" (expected: http1 or http2)",
        "\"20s\" | \"20s\", \"route_service_url\": \"ht%tp://a\""
            + " | 9:60: routes[0].route_service_url: \"ht%tp://a\" (expected: an https URL)",
        "\"20s\" | \"20s\", \"options\": {\"loadbalancing\": \"random\"}"
            + " | 9:68: routes[0].options.loadbalancing: \"random\""
            + " (expected: round-robin, least-connection or hash)",
        "\"20s\" | \"20s\", \"tags\": {\"a\": 1}"
            + " | 9:53: routes[0].tags.a: 1 (expected: a text)",
        "\"20s\" | \"20s\", \"tags\": [\"a\"]"
            + " | 9:39: routes[0].tags: a list (expected: an object of texts)",
        "\"20s\" | \"20s\", \"health_check\": {\"name\": \"n\"}"
            + " | 9:55: routes[0].health_check.script_path: missing"
            + " (expected: the path of a script)",
        "\"20s\" | \"20s\", \"health_check\": {\"script_path\": \"s\"}"
            + " | 9:55: routes[0].health_check.name: missing (expected: a name)",
        "\"20s\" | \"20s\", \"health_check\": {\"name\": \"n\", \"script_path\": \"s\","
            + " \"timeout\": \"20s\"} | 9:100: routes[0].health_check.timeout: \"20s\""
            + " (expected: less than registration_interval)",
        "\"20s\" | \"20s\", \"health_check\": {\"name\": \"n\", \"script_path\": \"s\","
            + " \"timeout\": \"0s\"} | 9:100: routes[0].health_check.timeout: \"0s\""
            + " (expected: a duration, such as 20s or 1m30s, longer than 0)",
        "\"20s\" | \"20s\", \"health_check\": true"
            + " | 9:55: routes[0].health_check: true (expected: an object)",
        "[{\"host\": \"nats:4222\", \"user\": \"u\", \"password\": \"hunter2\"}] | []"
            + " | 3:3: message_bus_servers: none (expected: one at least, for routes of type http)",
        "\"routes\": [ | \"unregistration_message_limit\": 0, \"routes\": ["
            + " | 4:35: unregistration_message_limit: 0 (expected: a whole number, 1 or more)",
        "\"routes\": [ | \"dynamic_config_globs\": [\"/a/[\"], \"routes\": ["
            + " | 4:28: dynamic_config_globs[0]: \"/a/[\""
            + " (expected: a pattern with *, ? and [a-z])",
        "\"hunter2\" | 4711 | 3:74: message_bus_servers[0].password: a value that is no text"
            + " (expected: a text)",
      })
  void refuses(String from, String to, String problem) {
    assertThat(LEAST).contains(from);
    assertThat(problems(LEAST.replace(from, to)))
        .containsExactly("registrar_settings.json:" + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"external_port\": 6000, | ''"
            + " | 10:5: routes[0].external_port: missing"
            + " (expected: the port that the routers listen on)",
        "\"port\": 5000, | '' | 10:5: routes[0].port: missing (expected: the port to connect to)",
        "\"tcp\" | \"sni\" | 10:5: routes[0].sni_port: missing (expected: the port to connect to)",
        "\"router_group\": \"default-tcp\", | '' | 10:5: routes[0].router_group: missing"
            + " (expected: the name of a router group)",
        "\"client_id\": \"client\", | '' | 3:18: routing_api.client_id: missing (expected: a text)",
        "http://api | :invalid | 4:16: routing_api.api_url: \":invalid.example.com\""
            + " (expected: a URL)",
      })
  void refusesOfTheRoutingApi(String from, String to, String problem) {
    assertThat(TCP).contains(from);
    assertThat(problems(TCP.replace(from, to)))
        .containsExactly("registrar_settings.json:" + problem);
  }

  @Test
  void needsTheFilesOfMtlsForAnHttpsRoutingApi() {
    assertThat(problems(TCP.replace("http://api", "https://api")))
        .containsExactly(
            "registrar_settings.json:3:18: routing_api.client_cert_path: missing"
                + " (expected: a text)",
            "registrar_settings.json:3:18: routing_api.client_private_key_path: missing"
                + " (expected: a text)",
            "registrar_settings.json:3:18: routing_api.server_ca_cert_path: missing"
                + " (expected: a text)");
  }

  @Test
  void needsTheRoutingApiForATcpRoute() {
    assertThat(problems(TCP.replace("routing_api", "other")))
        .containsExactly(
            "registrar_settings.json:1:1: routing_api: missing"
                + " (expected: the routing API, for routes of type tcp or sni)");
  }

  @Test
  void reportsEverythingAtOnce() {
    String broken =
        LEAST
            .replace("\"harbor\"", "\"\"")
            .replace("\"20s\"", "\"soon\"")
            .replace("\"10.0.0.5\"", "\"\"");
    assertThat(problems(broken)).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "invalid %^&#",
        "'{\"host\": \"a\",'",
        "'{\"host\": hunter2}'",
        "'{\"host\": \"a\"} {}'",
        "[]",
        "''",
      })
  void refusesWhatIsNoJsonObjectWithoutQuotingIt(String text) {
    assertThat(problems(text))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("registrar_settings.json:1:")
        .doesNotContain("hunter2");
  }

  @Test
  void refusesAFileThatIsNotThere() {
    Path file = folder.resolve("none.json");
    var refusal = catchThrowableOfType(ConfigException.class, () -> RegistrarSettings.read(file));
    assertThat(refusal.problems())
        .extracting(Problem::toString)
        .containsExactly(file + ": no such file (expected: a readable JSON file)");
  }

  @Test
  void refusesAFolder() {
    var refusal = catchThrowableOfType(ConfigException.class, () -> RegistrarSettings.read(folder));
    assertThat(refusal).hasMessage(folder + ": a folder (expected: a readable JSON file)");
  }

  private RegistrarSettings read(String json) throws ConfigException {
    return RegistrarSettings.read(write(json));
  }

  private List<String> problems(String json) {
    Path file = write(json);
    var refusal = catchThrowableOfType(ConfigException.class, () -> RegistrarSettings.read(file));
    assertThat(refusal).as("it should be refused").isNotNull();
    return shown(refusal.problems());
  }

  private List<String> shown(List<Problem> problems) {
    return problems.stream().map(p -> p.toString().replace(folder + "/", "")).toList();
  }

  private Path write(String json) {
    try {
      return Files.writeString(folder.resolve("registrar_settings.json"), json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
