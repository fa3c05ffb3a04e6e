package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.HarborNginx;
import io.harborgateway.testkit.OpensslServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates;
import io.harborgateway.testkit.TestCertificates.Issued;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS to real upstreams, nginx and OpenSSL, that ask for a certificate and are verified. */
@Timeout(100)
class UpstreamTlsIT {
  private static final String SERVER = "harbor.test";

  @TempDir Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private TestCertificates clients;
  private TestCertificates servers;

  @BeforeEach
  void issue() throws IOException {
    clients = TestCertificates.in(Files.createDirectory(folder.resolve("clients")));
    servers = TestCertificates.in(Files.createDirectory(folder.resolve("servers")));
  }

  @AfterEach
  void close() {
    origin.close();
  }

  private GatewayYaml yaml(InetSocketAddress upstream, String tls, String more) {
    return new GatewayYaml(folder)
        .listener("http", "http", upstream, "tls: {" + tls + "}" + more, "");
  }

  private static String pair(Issued pair) {
    return ", certificate: \"%s\", key: \"%s\"".formatted(pair.certificate(), pair.key());
  }

  /** Returns what nginx says of the connection that it got a request on. */
  private static String echo(TestGateway gateway) throws IOException {
    return answer(gateway, "/echo");
  }

  private static String answer(TestGateway gateway, String path) throws IOException {
    try (var client = RawClient.connect(gateway.address("http"))) {
      client.send(
          "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
              .formatted(path, GatewayYaml.NAME));
      return client.readToEnd();
    }
  }

  private static String sha1(Issued issued) throws Exception {
    try (var in = Files.newInputStream(issued.certificate())) {
      byte[] der = CertificateFactory.getInstance("X.509").generateCertificate(in).getEncoded();
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(der));
    }
  }

  private static String line(String echo, String key) {
    return echo.lines()
        .filter(line -> line.startsWith(key + ": "))
        .findFirst()
        .orElseThrow(() -> new AssertionError(echo));
  }

  @Test
  void nginxIsShownACertificateAndANewOneOnceItsFilesFit() throws Exception {
    Issued own = clients.issue("gateway.test");
    Issued next = clients.issue("gateway.test");
    try (var nginx = HarborNginx.startVerifying(folder, origin, clients.ca())) {
      // The CA of nginx's own certificate is in the second of two files.
      String tls =
          "ca: [\"%s\", \"%s\"], server-name: %s%s"
              .formatted(servers.ca(), nginx.certificates().ca(), HarborNginx.NAME, pair(own));
      var yaml = yaml(nginx.https(), tls, ", max-idle-connections: 0");
      try (var gateway = TestGateway.start(folder, yaml.text())) {
        String first = echo(gateway);
        assertThat(line(first, "client")).isEqualTo("client: SUCCESS " + sha1(own));
        assertThat(line(echo(gateway), "reused")).isEqualTo("reused: r");

        Files.copy(next.key(), own.key(), StandardCopyOption.REPLACE_EXISTING);
        Await.until(
            "the half of a pair is told",
            () -> !gateway.gateway().reloads().status().sourceProblems().isEmpty());
        assertThat(line(echo(gateway), "client")).isEqualTo(line(first, "client"));

        Files.copy(next.certificate(), own.certificate(), StandardCopyOption.REPLACE_EXISTING);
        // A session of the old pair that was resumed would still have its certificate.
        Await.until(
            "the new one is shown",
            () -> line(echo(gateway), "client").equals("client: SUCCESS " + sha1(own)));
        assertThat(line(echo(gateway), "reused")).isEqualTo("reused: r");
      }
    }
  }

  @Test
  void nginxThatAnswersWith400ForWantOfACertificateIsDownForThisReason() throws Exception {
    try (var nginx = HarborNginx.startVerifying(folder, origin, clients.ca())) {
      String ca = "ca: \"%s\", server-name: ".formatted(nginx.certificates().ca());
      Issued wrong = servers.issue("gateway.test");
      assertThat(reason(nginx.https(), ca + HarborNginx.NAME, ""))
          .isEqualTo("GET /v2/: 400: it asked for a client certificate, and the gateway has none");
      assertThat(reason(nginx.https(), ca + HarborNginx.NAME + pair(wrong), ""))
          .isEqualTo(
              "GET /v2/: 400: it may refuse the client certificate that it asked for and was shown");
    }
  }

  private String reason(InetSocketAddress upstream, String tls, String more) {
    var yaml = yaml(upstream, tls, more);
    try (var gateway = TestGateway.start(folder, yaml.text())) {
      return gateway.gateway().reconciler().upstreams().getFirst().check().reason();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none    | -tls1_3 | certificate_required: it demands a client certificate, and the gateway has none",
        "none    | -tls1_2 | handshake_failure: it demands a client certificate, and the gateway has none",
        "other   | -tls1_3 | unknown_ca: it refuses the client certificate, whose CA it does not know",
        "other   | -tls1_2 | unknown_ca: it refuses the client certificate, whose CA it does not know",
        "expired | -tls1_3 | certificate_expired: it refuses the client certificate, which has expired or is not valid yet",
        "right   | -tls1_3 | ",
        "right   | -tls1_2 | "
      })
  void openSslThatRefusesAClientSaysWhy(String shown, String version, String alert)
      throws Exception {
    Issued own =
        switch (shown) {
          case "other" -> servers.issue("gateway.test");
          case "expired" -> clients.issue("EC:P-256", -1, "extendedKeyUsage = clientAuth\n");
          default -> clients.issue("gateway.test");
        };
    int port = FreePorts.loopback(1).getFirst();
    String tls =
        "ca: \"%s\", server-name: %s%s"
            .formatted(servers.ca(), SERVER, shown.equals("none") ? "" : pair(own));
    try (var server =
        OpensslServer.start(
            port,
            servers.issue(SERVER),
            "-Verify",
            "3",
            "-verify_return_error",
            "-CAfile",
            clients.ca().toString(),
            version)) {
      var yaml = yaml(server.address(), tls, ", health: {kind: connect}");
      try (var gateway = TestGateway.start(folder, yaml.text());
          var admin = new AdminClient(yaml)) {
        String reason = gateway.gateway().reconciler().upstreams().getFirst().check().reason();
        if (alert == null) {
          assertThat(reason).isEmpty();
        } else {
          assertThat(reason).isEqualTo("it sent the TLS alert " + alert);
          assertThat(admin.ask("GET", "/metrics").body())
              .contains(
                  "harbor_gateway_upstream_tls_failures_total{reason=\"client_certificate\",upstream=\"http\"}");
          assertThat(admin.status().toString()).contains(alert);
        }
      }
    }
  }

  @Test
  void aRequestThatMeetsTheRefusalOfTls13IsAFailureOfTls() throws Exception {
    int port = FreePorts.loopback(1).getFirst();
    Issued server = servers.issue(SERVER);
    var open = OpensslServer.start(port, server, "-tls1_3");
    String tls = "ca: \"%s\", server-name: %s".formatted(servers.ca(), SERVER);
    var yaml = yaml(open.address(), tls, ", health: {kind: connect, interval: 10m, fall: 1}");
    try (var gateway = TestGateway.start(folder, yaml.text())) {
      assertThat(answer(gateway, "/")).startsWith("HTTP/1.1 200");
      open.close();
      try (var closed = OpensslServer.start(port, server, "-tls1_3", "-Verify", "3")) {
        String answer = answer(gateway, "/");
        assertThat(answer).startsWith("HTTP/1.1 502");
        assertThat(gateway.requests().getLast().failure()).isEqualTo("upstream_tls");
        Await.until(
            "it is known to be down",
            () -> !gateway.gateway().reconciler().upstreams().getFirst().check().isUp());
      }
    } finally {
      open.close();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-tls1_3                                   | ca, server-name: harbor.test  | unknown_ca",
        "-tls1_3                                   | own, server-name: other.test  | wrong_name",
        "-tls1_3                                   | pin                           | wrong_pin",
        "-tls1_1 -cipher DEFAULT@SECLEVEL=0        | own, server-name: harbor.test | no_common_version",
        "-tls1_2 -cipher ECDHE-ECDSA-CAMELLIA128-SHA256 | own, server-name: harbor.test | refused"
      })
  void whatIsWrongWithAnUpstreamIsCountedByItsName(String options, String trust, String fault)
      throws Exception {
    String tls =
        trust
            .replaceFirst("^ca", "ca: \"" + clients.ca() + "\"")
            .replaceFirst("^own", "ca: \"" + servers.ca() + "\"")
            .replaceFirst("^pin", "pin: [sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=]");
    int port = FreePorts.loopback(1).getFirst();
    try (var server = OpensslServer.start(port, servers.issue(SERVER), options.split(" "))) {
      var yaml = yaml(server.address(), tls, ", health: {kind: connect}");
      try (var gateway = TestGateway.start(folder, yaml.text());
          var admin = new AdminClient(yaml)) {
        assertThat(gateway.gateway().readiness().ready()).isFalse();
        assertThat(admin.ask("GET", "/metrics").body())
            .contains("upstream_tls_failures_total{reason=\"" + fault + "\",upstream=\"http\"}");
      }
    }
  }
}
