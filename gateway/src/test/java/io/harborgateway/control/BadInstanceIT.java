package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.announce.nats.RouteStatus;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.cli.Main;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates;
import io.harborgateway.testkit.TestCertificates.Issued;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Instances whose certificate can't be used, beside one whose can. */
@Timeout(120) // some forty runs of openssl
class BadInstanceIT {
  private static final InetSocketAddress NOBODY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

  /** By the problem that each has, as its beginning is shown. */
  private final Map<String, String> guids = new LinkedHashMap<>();

  @TempDir private Path folder;
  private TestCertificates certificates;

  @BeforeEach
  void issues() throws IOException {
    certificates = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
  }

  private void addBad(GatewayYaml yaml) {
    Issued good = certificates.issue("good.test");
    add(
        yaml,
        "missing.pem: no such file",
        guid -> new Issued(folder.resolve("missing.pem"), good.key(), good.algorithm()));
    add(
        yaml,
        "private key (EC) does not belong to",
        guid ->
            new Issued(issue("EC:P-256", 10, guid).certificate(), good.key(), good.algorithm()));
    add(yaml, "has the names: good.test", guid -> good);
    add(yaml, "expired at", guid -> issue("EC:P-256", -1, guid));
    add(yaml, "Ed25519 key", guid -> issue("Ed25519", 10, guid));
    add(yaml, "Ed448 key", guid -> issue("Ed448", 10, guid));
    add(yaml, "EC secp256k1 key", guid -> issue("EC:secp256k1", 10, guid));
    add(yaml, "EC P-224 key", guid -> issue("EC:secp224r1", 10, guid));
    add(yaml, "RSA-PSS key", guid -> issue("RSA-PSS", 10, guid));
    add(
        yaml,
        "has the critical extension 1.2.3.4",
        guid ->
            certificates.issue(
                "EC:P-256",
                10,
                "subjectAltName = DNS:" + name(guid) + "\n1.2.3.4 = critical,ASN1:NULL\n"));
  }

  private interface Issue {
    Issued of(String guid);
  }

  private void add(GatewayYaml yaml, String problem, Issue issue) {
    String guid = "00000000-0000-4000-8000-%012d".formatted(guids.size());
    guids.put(problem, guid);
    yaml.instance(guid, issue.of(guid));
  }

  private Issued issue(String key, int days, String guid) {
    return certificates.issue(key, days, "subjectAltName = DNS:" + name(guid));
  }

  private static String name(String guid) {
    return guid + ".registry.test";
  }

  @Test
  void theOthersAreServedAndAnnounced() throws IOException {
    try (var nats = NatsServer.start();
        var origin = Origin.start(Behaviours.acceptUploads())) {
      var yaml =
          new GatewayYaml(certificates)
              .listener("https", "https", origin.address())
              .section("registration: {servers: [\"%s\"]}".formatted(nats.uri()));
      addBad(yaml);
      try (var gateway = TestGateway.start(folder, yaml.text());
          var admin = new AdminClient(yaml)) {
        Await.until(
            "the good one is announced",
            () -> state(gateway, GatewayYaml.GUID) == RouteState.ANNOUNCED);
        try (var client = connect(yaml, GatewayYaml.NAME)) {
          client.send(
              "PUT /v2/x HTTP/1.1\r\nHost: "
                  + GatewayYaml.NAME
                  + "\r\nContent-Length: 2\r\n\r\nab");
          assertThat(client.readResponse().status()).isEqualTo(201);
        }
        guids.forEach((problem, guid) -> {
          assertThat(route(gateway, guid).reason()).startsWith("certificate: ");
          assertThat(state(gateway, guid)).isNotEqualTo(RouteState.ANNOUNCED);
          assertThatThrownBy(() -> connect(yaml, name(guid)))
              .as(problem)
              .isInstanceOf(SSLException.class)
              .hasMessageContaining("handshake_failure");
        });
        var status = admin.status();
        assertThat(status.path("certificates").path("refused").intValue()).isEqualTo(guids.size());
        assertThat(status.path("instances")).hasSize(guids.size() + 1);
        assertThat(status.path("instances").get(0).path("problem").isNull()).isTrue();
        assertThat(status.path("instances").get(1).path("problem").stringValue())
            .contains("no such file");
        assertThat(admin.ask("GET", "/metrics").body())
            .contains("harbor_gateway_certificates_refused " + guids.size() + ".0");
      }
    }
  }

  private static RouteStatus route(TestGateway gateway, String guid) {
    return Objects.requireNonNull(gateway.gateway().announcements().status()).routes().stream()
        .filter(route -> route.id().equals("https/" + guid))
        .findFirst()
        .orElseThrow();
  }

  private static RouteState state(TestGateway gateway, String guid) {
    return route(gateway, guid).state();
  }

  private static RawClient connect(GatewayYaml yaml, String name) throws IOException {
    return RawClient.connect(
        yaml.address("https"), RawClient.Tls.of(yaml.certificates().trusting()).serverName(name));
  }

  @Test
  void checkAndAStrictStartNameEachAndEndWith64() throws IOException {
    var yaml = new GatewayYaml(certificates).listener("https", "https", NOBODY);
    addBad(yaml);
    String config = Files.writeString(folder.resolve("gateway.yml"), yaml.text()).toString();
    for (String[] command :
        List.of(
            new String[] {"check", "--config", config},
            new String[] {"run", "--strict", "--config", config})) {
      var err = new StringWriter();
      var line = Main.commandLine().setErr(new PrintWriter(err, true));
      assertThat(line.execute(command)).isEqualTo(64);
      assertThat(err.toString().lines()).hasSize(guids.size());
      guids.keySet().forEach(problem -> assertThat(err.toString()).contains(problem));
      assertThat(err.toString().lines())
          .allMatch(each -> each.matches(".*gateway\\.yml:\\d+:\\d+: instances\\[\\d+].*"));
    }
  }

  @Test
  void aNodeOnWhichNothingCouldBeServedDoesNotStart() throws Exception {
    String bad =
        """
        node: {event-loops: 1}
        instances:
          - guid: %s
            domain: registry.test
            certificate: {chain: none.pem, key: none.pem}
        listeners:
          - {name: https, port: 1443, protocol: https, upstream: {address: "127.0.0.1:1"}}
        """
            .formatted(GatewayYaml.GUID);
    Path config = Files.writeString(folder.resolve("gateway.yml"), bad);
    assertThatThrownBy(() -> SnapshotBuilder.load(config, Map.of(), Instant.now()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gateway.yml:5:5: instances[0].certificate: ");

    Files.writeString(
        config,
        bad
            + "  - {name: http, port: 1080, protocol: http, upstream: {address: \"127.0.0.1:1\"}}\n");
    Snapshot snapshot = SnapshotBuilder.load(config, Map.of(), Instant.now());
    assertThat(snapshot.certificateProblems()).hasSize(1);
    assertThat(snapshot.refused()).hasSize(1);
  }
}
