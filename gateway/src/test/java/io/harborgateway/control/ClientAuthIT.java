package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.HttpHead;
import io.harborgateway.testkit.HttpRequest;
import io.harborgateway.testkit.OpensslClient;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.TestCertificates;
import io.harborgateway.testkit.TestCertificates.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that are asked for certificates, by the real openssl: who is served, by which alert not.
 */
@Timeout(100)
class ClientAuthIT {
  private static final String OTHER_GUID = "11111111-2222-4333-8444-555555555555";
  private static final String CLIENT = "extendedKeyUsage = clientAuth\n";
  private static final String INTERMEDIATE =
      "basicConstraints = critical,CA:TRUE\nkeyUsage = keyCertSign,cRLSign\n";

  @TempDir Path folder;
  private final Origin origin =
      Origin.start(
          Behaviours.http(request -> Answer.of(200).text("cert=" + certificateField(request))));
  private TestCertificates routers;

  @BeforeEach
  void issue() throws IOException {
    routers = TestCertificates.in(Files.createDirectory(folder.resolve("routers")));
  }

  @AfterEach
  void close() {
    origin.close();
  }

  /** As a program behind the upstream reads it that takes underscores for hyphens. */
  private static String certificateField(HttpRequest request) {
    return request.head().fields().stream()
        .filter(field -> field.name().replace('_', '-').equalsIgnoreCase("x-forwarded-client-cert"))
        .map(HttpHead.Field::value)
        .reduce((one, other) -> one + "+" + other)
        .orElse("none");
  }

  private GatewayYaml yaml(String keys) {
    return new GatewayYaml(folder)
        .instance(OTHER_GUID)
        .listener("https", "https", origin.address())
        .clientAuth("client-ca: \"%s\"%s".formatted(routers.ca(), keys));
  }

  /** Makes one exchange; returns all that s_client says. */
  private static String exchange(TestGateway gateway, String... options) {
    return exchangeWith(gateway, GatewayYaml.NAME, "", options);
  }

  private static String exchangeWith(
      TestGateway gateway, String name, String fields, String... options) {
    List<String> all = new ArrayList<>(List.of("-servername", name));
    all.addAll(List.of(options));
    String request =
        "GET / HTTP/1.1\r\nHost: " + name + "\r\n" + fields + "Connection: close\r\n\r\n";
    var result = OpensslClient.run(gateway.address("https"), request, all.toArray(String[]::new));
    return (result.stdout() + result.stderr()).replaceAll("(?m)^    [0-9a-f]{4} - .*\\R", "");
  }

  private static String[] showing(Issued issued, String... more) {
    List<String> options = new ArrayList<>(List.of(more));
    options.addAll(List.of("-cert", issued.certificate().toString()));
    options.addAll(List.of("-key", issued.key().toString()));
    return options.toArray(String[]::new);
  }

  private Issued client(String which) throws IOException {
    return switch (which) {
      case "another CA" ->
          TestCertificates.in(Files.createDirectory(folder.resolve("others"))).issue("r.test");
      case "expired" -> routers.issue("EC:P-256", -1, CLIENT);
      case "for servers" -> routers.issue("EC:P-256", 5, "extendedKeyUsage = serverAuth\n");
      case "no signature" ->
          routers.issue("EC:P-256", 5, CLIENT + "keyUsage = critical,keyEncipherment\n");
      case "any usage" -> routers.issue("EC:P-256", 5, "extendedKeyUsage = anyExtendedKeyUsage\n");
      case "no usage" -> routers.issue("EC:P-256", 5, "subjectAltName = DNS:r.test\n");
      case "RSA" -> routers.issue(TestCertificates.KeyAlgorithm.RSA, "r.test");
      default -> routers.issue("r.test");
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "right        | |",
        "RSA          | |",
        "any usage    | |",
        "no usage     | |",
        "another CA   | unknown ca | unknown_ca",
        "expired      | certificate expired | expired",
        "for servers  | unsupported certificate | wrong_usage",
        "no signature | 'illegal parameter|unsupported certificate' | wrong_usage",
      })
  void aCertificateIsTakenOrRefusedByAnAlertThatSaysWhy(String which, String alert, String reason)
      throws IOException {
    Issued issued = client(which);
    var yaml = yaml("");
    try (var gateway = TestGateway.start(folder, yaml.text());
        var admin = new AdminClient(yaml)) {
      for (String version : new String[] {"-tls1_3", "-tls1_2"}) {
        String output = exchange(gateway, showing(issued, version));
        if (alert == null) {
          assertThat(output).as(version).contains("HTTP/1.1 200", "CN = test-ca");
        } else {
          assertThat(output)
              .as(version)
              .containsPattern("alert (" + alert + ")")
              .doesNotContain("HTTP/1.1");
        }
      }
      if (alert == null) {
        assertThat(gateway.requests().getLast().certificate()).isEqualTo("CN=instance");
      } else {
        assertThat(admin.ask("GET", "/metrics").body())
            .contains(
                "harbor_gateway_tls_clients_refused_total{listener=\"https\",reason=\""
                    + reason
                    + "\"} 2");
      }
    }
  }

  @Test
  void whoShowsNoneIsServedOnlyIfItIsNotRequired() {
    var yaml = yaml("");
    try (var gateway = TestGateway.start(folder, yaml.text());
        var admin = new AdminClient(yaml)) {
      assertThat(exchange(gateway, "-tls1_3"))
          .contains("alert number 116") // certificate_required, which this openssl has no text for
          .doesNotContain("HTTP/1.1");
      assertThat(exchange(gateway, "-tls1_2"))
          .contains("alert handshake failure")
          .doesNotContain("HTTP/1.1");
      assertThat(admin.ask("GET", "/metrics").body())
          .contains("tls_clients_refused_total{listener=\"https\",reason=\"missing\"} 2");
    }
    try (var gateway = TestGateway.start(folder, yaml(", mode: request").text())) {
      assertThat(exchange(gateway, "-tls1_3")).contains("HTTP/1.1 200");
      assertThat(exchange(gateway, "-tls1_2")).contains("HTTP/1.1 200");
      assertThat(gateway.requests().getLast().certificate()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void noSessionIsResumedWithWhatIsDemanded(String version) throws IOException {
    Issued issued = client("right");
    String session = folder.resolve("session.pem").toString();
    try (var gateway =
        TestGateway.start(folder, yaml("").listener("open", "https", origin.address()).text())) {
      // A session of the listener that demands nothing, for the same instance.
      String request =
          "GET / HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\nConnection: close\r\n\r\n";
      OpensslClient.run(
          gateway.address("open"),
          request,
          "-servername",
          GatewayYaml.NAME,
          "-sess_out",
          session,
          version);
      assertThat(Path.of(session)).exists();
      assertThat(exchange(gateway, version, "-sess_in", session))
          .contains("alert")
          .doesNotContain("HTTP/1.1 200");
      assertThat(exchange(gateway, showing(issued, version, "-sess_out", session)))
          .contains("HTTP/1.1 200");
      assertThat(exchange(gateway, showing(issued, version, "-sess_in", session)))
          .contains("HTTP/1.1 200", "New, TLSv1")
          .doesNotContain("Reused");
    }
  }

  @Test
  void anInstanceDemandsInPlaceOfTheListener() throws IOException {
    Issued issued = client("right");
    Issued others = client("another CA");
    var yaml =
        new GatewayYaml(folder)
            .instance(OTHER_GUID)
            .ownClientAuth("client-ca: \"%s\"".formatted(routers.ca()))
            .listener("https", "https", origin.address());
    String other = OTHER_GUID + ".registry.test";
    try (var gateway = TestGateway.start(folder, yaml.text())) {
      assertThat(exchange(gateway, "-tls1_3")).contains("HTTP/1.1 200");
      assertThat(exchangeWith(gateway, other, "", "-tls1_3")).doesNotContain("HTTP/1.1");
      assertThat(exchangeWith(gateway, other, "", showing(others))).contains("alert unknown ca");
      assertThat(exchangeWith(gateway, other, "", showing(issued))).contains("HTTP/1.1 200");
      // Nor by the name of the instance that demands nothing.
      String request = "GET / HTTP/1.1\r\nHost: " + other + "\r\nConnection: close\r\n\r\n";
      assertThat(
              OpensslClient.run(gateway.address("https"), request, "-servername", GatewayYaml.NAME)
                  .stdout())
          .contains("HTTP/1.1 421");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "subjects: [CN=instance]      | true",
        "subjects: ['cn=Instance']    | true",
        "subjects: ['CN=instance,O=x']| false",
        "sans: [r.test]               | true",
        "sans: ['*.test']             | true",
        "sans: ['*.other']            | false",
        "sans: [x.r.test, R.TEST]     | true",
        "'subjects: [CN=other], sans: [r.test]' | false"
      })
  void onlyAllowedSubjectsAndNames(String keys, boolean allowed) throws IOException {
    try (var gateway = TestGateway.start(folder, yaml(", " + keys.replace("\"", "")).text())) {
      String output = exchange(gateway, showing(client("right")));
      assertThat(output).contains(allowed ? "HTTP/1.1 200" : "alert certificate unknown");
    }
  }

  @Test
  void aChainIsFollowedToItsCa() throws IOException {
    Path below = Files.createDirectory(folder.resolve("below"));
    var middle = routers.intermediate(below, INTERMEDIATE);
    var serverOnly =
        routers.intermediate(
            Files.createDirectory(folder.resolve("server")),
            INTERMEDIATE + "extendedKeyUsage = serverAuth\n");
    var noCa =
        routers.intermediate(
            Files.createDirectory(folder.resolve("leaf")), "basicConstraints = CA:FALSE\n");
    Issued issued = middle.issue("r.test");
    Issued wrong = serverOnly.issue("r.test");
    Issued forged = noCa.issue("r.test");
    try (var gateway = TestGateway.start(folder, yaml("").text())) {
      assertThat(exchange(gateway, showing(issued, "-cert_chain", middle.ca().toString())))
          .contains("HTTP/1.1 200");
      assertThat(exchange(gateway, showing(issued))).contains("alert unknown ca");
      assertThat(exchange(gateway, showing(wrong, "-cert_chain", serverOnly.ca().toString())))
          .contains("alert unsupported certificate");
      assertThat(exchange(gateway, showing(forged, "-cert_chain", noCa.ca().toString())))
          .contains("alert certificate unknown");
    }
  }

  @Test
  void aCertificateIsRevokedByAFileThatIsWatched() throws Exception {
    Issued issued = client("right");
    Path crl = folder.resolve("routers.crl");
    routers.revoke(crl, "-crldays 1");
    try (var gateway = TestGateway.start(folder, yaml(", crl: \"" + crl + "\"").text())) {
      assertThat(exchange(gateway, showing(issued))).contains("HTTP/1.1 200");

      Path next = folder.resolve("next.crl");
      routers.revoke(next, "-crldays 1", issued);
      Files.move(next, crl, StandardCopyOption.ATOMIC_MOVE);
      Await.until(
          "it is revoked",
          () -> exchange(gateway, showing(issued)).contains("alert certificate revoked"));
      assertThat(exchange(gateway, showing(client("right")))).contains("HTTP/1.1 200");

      // Of another CA of the same name: not taken, and what was revoked stays so.
      TestCertificates.in(Files.createDirectory(folder.resolve("others")))
          .revoke(next, "-crldays 1");
      Files.move(next, crl, StandardCopyOption.ATOMIC_MOVE);
      Await.until(
          "it is refused",
          () ->
              gateway
                  .gateway()
                  .reloads()
                  .status()
                  .sourceProblems()
                  .toString()
                  .contains("is not signed by one of the CAs"));
      assertThat(exchange(gateway, showing(issued))).contains("alert certificate revoked");

      // Outdated: still in force, for those that it revokes and for the others.
      routers.revoke(
          next, "-crl_lastupdate 20200101000000Z -crl_nextupdate 20200102000000Z", issued);
      Files.move(next, crl, StandardCopyOption.ATOMIC_MOVE);
      Await.until(
          "it is taken", () -> gateway.gateway().reloads().status().sourceProblems().isEmpty());
      assertThat(exchange(gateway, showing(issued))).contains("alert certificate revoked");
      assertThat(exchange(gateway, showing(client("right")))).contains("HTTP/1.1 200");
    }
  }

  @Test
  void theCaIsWatched() throws Exception {
    Issued issued = client("right");
    Issued others = client("another CA");
    Path ca = folder.resolve("client-ca.pem");
    Files.copy(routers.ca(), ca);
    var yaml =
        new GatewayYaml(folder)
            .listener("https", "https", origin.address())
            .clientAuth("client-ca: \"" + ca + "\"");
    try (var gateway = TestGateway.start(folder, yaml.text())) {
      assertThat(exchange(gateway, showing(issued))).contains("HTTP/1.1 200");
      Files.writeString(ca, "no certificate");
      Await.until(
          "it is refused", () -> !gateway.gateway().reloads().status().sourceProblems().isEmpty());
      assertThat(exchange(gateway, showing(issued))).contains("HTTP/1.1 200");
      Files.copy(folder.resolve("others/ca.pem"), ca, StandardCopyOption.REPLACE_EXISTING);
      Await.until(
          "the other is taken", () -> exchange(gateway, showing(others)).contains("HTTP/1.1 200"));
      assertThat(exchange(gateway, showing(issued))).contains("alert unknown ca");
    }
  }

  @Test
  void aNewCertificateOfTheInstanceIsShownWhereClientsShowTheirs() throws Exception {
    Issued issued = client("right");
    var yaml = yaml("");
    try (var gateway = TestGateway.start(folder, yaml.text())) {
      String before = exchange(gateway, showing(issued, "-showcerts"));
      assertThat(before).contains("HTTP/1.1 200");
      Issued next = yaml.certificates().issue(GatewayYaml.NAME);
      var shown =
          Objects.requireNonNull(
              gateway.gateway().live().snapshot().config().instances().getFirst().certificate());
      Files.copy(next.key(), shown.key(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(next.certificate(), shown.chain(), StandardCopyOption.REPLACE_EXISTING);
      String line = Files.readString(next.certificate()).lines().skip(3).findFirst().orElseThrow();
      Await.until(
          "the new one is shown",
          () -> exchange(gateway, showing(issued, "-showcerts")).contains(line));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sanitize_set   | raw   | stranger | MII",
        "sanitize_set   | envoy | stranger | Hash=",
        "always_forward | raw   | stranger | none",
        "forward        | raw   | stranger | none",
        "sanitize_set   | raw   | proxy    | spoof",
        "always_forward | raw   | proxy    | spoof",
        "forward        | raw   | proxy    | spoof"
      })
  void theFieldTellsOfTheClientThatShowedIt(String mode, String form, String who, String expected)
      throws IOException {
    var yaml =
        yaml("")
            .section(
                "http: {forwarded-client-cert: %s, client-cert-form: %s, trusted-proxies: [%s]}"
                    .formatted(mode, form, who.equals("proxy") ? "127.0.0.1" : "10.9.9.9"));
    try (var gateway = TestGateway.start(folder, yaml.text())) {
      for (String spelt : new String[] {"X-Forwarded-Client-Cert", "x-forwarded_client-CERT"}) {
        String output =
            exchangeWith(
                gateway, GatewayYaml.NAME, spelt + ": spoof\r\n", showing(client("right")));
        assertThat(output).as(spelt).contains("cert=" + expected);
      }
    }
  }

  @Test
  void aTrustedProxyWithoutACertificateOfItsOwnForwardsNone() {
    String section = "http: {forwarded-client-cert: forward, trusted-proxies: [127.0.0.1]}";
    try (var gateway = TestGateway.start(folder, yaml(", mode: request").section(section).text())) {
      assertThat(exchangeWith(gateway, GatewayYaml.NAME, "X-Forwarded-Client-Cert: spoof\r\n"))
          .contains("cert=none");
    }
  }
}
