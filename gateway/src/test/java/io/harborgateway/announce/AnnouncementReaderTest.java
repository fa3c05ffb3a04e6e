package io.harborgateway.announce;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.routingapi.RoutingApiAccess;
import io.harborgateway.announce.routingapi.RoutingApiAccess.Server;
import io.harborgateway.cli.ExitCode;
import io.harborgateway.cli.Main;
import io.harborgateway.config.NatsTlsConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.Secret;
import io.harborgateway.control.GatewayYaml;
import io.harborgateway.control.RegistrarFile;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import io.harborgateway.testkit.TestCertificates;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The section registration, completed by route_registrar's file. */
class AnnouncementReaderTest {
  private static final String API =
      """
      "routing_api": {"api_url": "https://api:3001", "oauth_url": "https://uaa:8443",
        "client_id": "client", "client_secret": "hunter2", "ca_certs": "%1$s",
        "server_ca_cert_path": "%1$s", "client_cert_path": "%1$s",
        "client_private_key_path": "%1$s", "skip_ssl_validation": %2$s, "max_ttl": "90s"}\
      """;

  @TempDir private static Path shared;

  private static TestCertificates certificates;

  @TempDir private Path folder;

  private RegistrarFile file;
  private GatewayYaml yaml;

  @BeforeAll
  static void issues() {
    certificates = TestCertificates.in(shared);
  }

  @BeforeEach
  void begin() throws Exception {
    file = new RegistrarFile(Files.createDirectory(folder.resolve("registrar")));
    file.key("\"host\": \"10.0.0.5\"");
    var upstream = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
    yaml =
        new GatewayYaml(certificates)
            .listener("https", "https", upstream, "tls: {insecure: true}", "")
            .listener("short", "http", upstream, "", "idle: 9s");
  }

  private Path config(String registration) throws Exception {
    return Files.writeString(
        folder.resolve("gateway.yml"), yaml.section("registration: " + registration).text());
  }

  private Path pointing() throws Exception {
    return config("{registrar-settings: \"%s\"}".formatted(file.write()));
  }

  private static Snapshot plan(Path config) {
    try {
      return SnapshotBuilder.load(config, Map.of(), Instant.now());
    } catch (ConfigException e) {
      throw new AssertionError("refused:\n" + e.getMessage(), e);
    }
  }

  private static AnnouncementPlan announcing(Path config) {
    return Objects.requireNonNull(plan(config).announcing());
  }

  /** The problems, without the folder; none if it loads. */
  private List<String> problems(Path config) {
    try {
      SnapshotBuilder.load(config, Map.of(), Instant.now());
      return List.of();
    } catch (ConfigException e) {
      return shown(e.problems());
    }
  }

  private List<String> shown(List<Problem> problems) {
    return problems.stream()
        .map(problem -> problem.toString().replace(folder + "/", ""))
        .filter(problem -> !problem.contains("insecure"))
        .toList();
  }

  private RegistrarFile withServers() {
    return file.server("{\"host\": \"nats-0:4224\", \"user\": \"u\", \"password\": \"hunter2\"}")
        .server("{\"host\": \"nats-1\", \"user\": \"u\", \"password\": \"hunter2\"}");
  }

  @Test
  void serversUserAndPasswordOfTheFile() throws Exception {
    withServers().http("harbor", 80, "a.example.com");
    var registration = announcing(pointing()).registration();
    assertThat(registration.servers())
        .containsExactly(URI.create("nats://nats-0:4224"), URI.create("nats://nats-1:4222"));
    assertThat(registration.user()).isEqualTo("u");
    assertThat(registration.password()).isEqualTo(Secret.of("hunter2"));
    assertThat(registration.tls()).isNull();
    assertThat(registration.routes()).as("the file says what is announced").isEmpty();
  }

  @Test
  void tlsOfTheFile() throws Exception {
    var client = certificates.issue("client.example.com");
    withServers()
        .key(
            "\"nats_mtls_config\": {\"ca_path\": \"%s\", \"cert_path\": \"%s\", \"key_path\": \"%s\"}"
                .formatted(certificates.ca(), client.certificate(), client.key()));
    var registration = announcing(pointing()).registration();
    assertThat(registration.servers().getFirst()).isEqualTo(URI.create("tls://nats-0:4224"));
    assertThat(registration.tls())
        .isEqualTo(new NatsTlsConfig(certificates.ca(), client.certificate(), client.key()));
  }

  @Test
  void ownServersWin() throws Exception {
    withServers();
    var registration =
        announcing(
                config(
                    "{servers: [\"nats://own:1\"], registrar-settings: \"%s\"}"
                        .formatted(file.write())))
            .registration();
    assertThat(registration.servers()).containsExactly(URI.create("nats://own:1"));
    assertThat(registration.user()).isNull();
  }

  @Test
  void ownServersMakeThoseOfTheFileNeedless() throws Exception {
    file.http("harbor", 80, "a.example.com");
    assertThat(
            problems(
                config(
                    "{servers: [\"nats://own:1\"], registrar-settings: \"%s\"}"
                        .formatted(file.write()))))
        .isEmpty();
  }

  @Test
  void noServersAnywhere() throws Exception {
    assertThat(problems(pointing()))
        .singleElement()
        .asString()
        .matches(
            "gateway.yml:\\d+:1: registration.servers: none, and no message_bus_servers in "
                + "registrar/registrar_settings.json \\(expected: NATS servers in one of both\\)");
  }

  @Test
  void problemsOfTheFileHaveTheirPlaces() throws Exception {
    withServers().http("harbor", 0, "a.example.com");
    assertThat(problems(pointing()))
        .singleElement()
        .asString()
        .matches("registrar/registrar_settings.json:\\d+:\\d+: routes\\[0\\].port: 0 .*");
  }

  @Test
  void whatTheGatewayCannotUseHasItsPlaceToo() throws Exception {
    file.server("{\"host\": \"hunter2@nats:4222\"}")
        .server("{\"host\": \"nats:4222\", \"user\": \"other\"}")
        .key("\"nats_mtls_config\": {\"cert_path\": \"/none.pem\"}")
        .key(API.formatted("/none.pem", "false").replace("https://uaa", "ftp://uaa"))
        .route(
            """
            {"name": "two", "port": %d, "uris": ["a"], "protocol": "http2",
             "registration_interval": "1h"}
            """
                .formatted(yaml.address("https").getPort()))
        .http("short", yaml.address("short").getPort(), "b.example.com");
    assertThat(problems(pointing()))
        .anyMatch(found(":1:\\d+: message_bus_servers\\[0\\].host: no host and port .*"))
        .anyMatch(found(":\\d+:\\d+: nats_mtls_config: cert_path or key_path alone .*"))
        .anyMatch(found(":\\d+:\\d+: nats_mtls_config.cert_path: no such file: /none.pem .*"))
        .anyMatch(found(":\\d+:\\d+: routing_api.oauth_url: another kind of URL .*"))
        .anyMatch(found(":\\d+:\\d+: routing_api.ca_certs: no such file: /none.pem .*"))
        .anyMatch(problem ->
            problem.matches("gateway.yml:\\d+:\\d+: listeners\\[1\\].timeouts.idle: 9000ms .*"))
        .noneMatch(problem -> problem.contains("hunter2"))
        .hasSizeLessThan(12);
  }

  private static Predicate<String> found(String pattern) {
    return problem -> problem.matches("registrar/registrar_settings.json" + pattern);
  }

  @Test
  void whatIsIgnoredIsWarnedOf() throws Exception {
    file.server("{\"host\": \"a:1\"}")
        .server("{\"host\": \"b:1\", \"user\": \"other\", \"password\": \"hunter2\"}")
        .key(API.formatted(certificates.ca(), "true"))
        .key("\"surprise\": true")
        .route(
            """
            {"name": "harbor", "port": 80, "uris": ["a"], "registration_interval": "1h",
             "allowed_sources": {}}
            """);
    assertThat(shown(plan(pointing()).warnings()))
        .filteredOn(warning -> !warning.startsWith("gateway.yml"))
        .anyMatch(found(":1:\\d+: message_bus_servers\\[1\\]: another user .*"))
        .anyMatch(found(":\\d+:\\d+: routing_api.skip_ssl_validation: true .*"))
        .anyMatch(found(":\\d+:\\d+: surprise: unknown key.*"))
        .anyMatch(found(":\\d+:\\d+: routes\\[0\\].allowed_sources: no sources .*"))
        .hasSize(4);
  }

  /** Routers fall back by ALPN; the gateway says at once what they would find out. */
  @Test
  void http2OnAListenerHereIsWarnedOf() throws Exception {
    file.server("{\"host\": \"a:1\"}")
        .route(
            """
            {"name": "two", "port": %d, "uris": ["a"], "protocol": "http2",
             "registration_interval": "1h"}
            """
                .formatted(yaml.address("https").getPort()));
    assertThat(shown(plan(pointing()).warnings()))
        .filteredOn(warning -> !warning.startsWith("gateway.yml"))
        .hasSize(1)
        .anyMatch(found(":2:\\d+: routes\\[0\\].protocol: \"http2\" \\(expected: http1, .*"));
  }

  @Test
  void routingApiOfTheFile() throws Exception {
    withServers().key(API.formatted(certificates.ca(), "true"));
    Path ca = certificates.ca();
    assertThat(announcing(pointing()).routingApi())
        .isEqualTo(
            new RoutingApiAccess(
                new Server(URI.create("https://api:3001"), ca, ca, ca, true),
                new Server(URI.create("https://uaa:8443"), ca, null, null, false),
                "client",
                Secret.of("hunter2"),
                Duration.ofSeconds(90)));
  }

  @Test
  void ownRoutingApiWins() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "s");
    withServers().key(API.formatted(certificates.ca(), "false"));
    var plan =
        announcing(
            config(
                "{registrar-settings: \"%s\", routing-api: {url: \"https://own:1\", uaa: {url:"
                        .formatted(file.write())
                    + " \"https://uaa:1\", client: c, client-secret: {file: \""
                    + secret
                    + "\"}}}}"));
    assertThat(Objects.requireNonNull(plan.routingApi()).api().url())
        .isEqualTo(URI.create("https://own:1"));
  }

  @Test
  void tcpRoutesWithoutARoutingApi() throws Exception {
    withServers()
        .route(
            """
            {"type": "tcp", "port": 1, "external_port": 2, "router_group": "g",
             "registration_interval": "1h"}
            """);
    assertThat(problems(pointing()))
        .singleElement()
        .asString()
        .matches(
            "registrar/registrar_settings.json:1:1: routing_api: missing \\(expected: the routing"
                + " API, for routes of type tcp or sni\\)");
  }

  @Test
  void checkShowsTheFilesRoutesAndWhatIsWrongWithThoseOfItsGlobs() throws Exception {
    withServers()
        .route(
            """
            {"name": "harbor", "port": 80, "uris": ["a"], "registration_interval": "10s",
             "health_check": {"name": "probe", "script_path": "true"}}
            """);
    Files.writeString(folder.resolve("registrar").resolve("more.yml"), "routes: [{port: 0}]");
    var out = new StringWriter();
    int exit =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .execute("check", "--config", pointing().toString());
    assertThat(exit).isZero();
    assertThat(out.toString())
        .containsPattern(
            "  registrar/harbor#[0-9a-f]{8} to 10.0.0.5:80, every 10 s, while probe succeeds\n")
        .contains("  and those of " + folder.resolve("registrar") + "/*.yml\n")
        .containsPattern("warning: .*more.yml:1:\\d+: routes\\[0\\].port: 0 ");
  }

  @Test
  void checkEndsWithTheFilesProblems() throws Exception {
    withServers().http("harbor", 0, "a.example.com");
    var err = new StringWriter();
    int exit =
        Main.commandLine()
            .setErr(new PrintWriter(err))
            .execute("check", "--config", pointing().toString());
    assertThat(exit).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).containsPattern("registrar_settings.json:\\d+:\\d+: routes\\[0\\]");
  }
}
