package io.harborgateway.control;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.OverwriteMode;
import io.harborgateway.cli.Main;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.OpensslClient;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.Pebble;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates of an ACME server, pebble, which connects to the gateway's own listeners. */
@Timeout(100)
class AcmeIT {
  private static final String GUID = "00000000-0000-4000-8000-000000000000";
  private static final String NAME = "harbor.example.test";
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final String CHALLENGE = "/.well-known/acme-challenge/";

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private final List<Integer> ports = FreePorts.loopback(3);
  private TestCertificates certificates;
  private Pebble pebble;
  private @Nullable TestGateway gateway;

  @BeforeEach
  void prepare() {
    certificates = TestCertificates.in(folder);
    pebble = pebble(ports.get(0), ports.get(1), "");
  }

  private Pebble pebble(int http, int https, String more) {
    return Pebble.stopped(folder, certificates, http, https, more);
  }

  @AfterEach
  void close() {
    if (gateway != null) {
      gateway.close();
    }
    pebble.close();
    origin.close();
  }

  private String yaml(String protocols, String more) {
    var text = new StringBuilder("node: {address: 127.0.0.1, event-loops: 2, drain-delay: 0s}\n");
    text.append("instances: [{guid: %s, public-host: %s}]\nlisteners:\n".formatted(GUID, NAME));
    for (String protocol : protocols.split(" ", -1)) {
      text.append(
          "  - {name: %s, address: 127.0.0.1, port: %d, protocol: %s, upstream: %s}\n"
              .formatted(
                  protocol,
                  ports.get(protocol.equals("http") ? 0 : 1),
                  protocol,
                  ReloadStand.to(origin.port())));
    }
    return text
        + "admin: {port: %d}\n".formatted(ports.get(2))
        + "certs: {acme: {url: \"%s\", ca: ca.pem, email: ops@example.test,".formatted(pebble.url())
        + " agree-to-terms: true, account-key: acme/account.key, directory: issued%s}}\n"
            .formatted(more);
  }

  private void start(String protocols, String more) {
    gateway = TestGateway.start(folder, yaml(protocols, more));
  }

  private CertificateIssuing.Status status() {
    return requireNonNull(requireNonNull(gateway).gateway().issuing().status());
  }

  private InetSocketAddress address(String listener) {
    return requireNonNull(gateway).address(listener);
  }

  /** Waits until a client that trusts the server's root alone is served. */
  private void awaitServed() throws Exception {
    Path root = Files.writeString(folder.resolve("root.pem"), pebble.root());
    Await.until(
        "served by a certificate of the server",
        LIMIT,
        () ->
            OpensslClient.run(
                        address("https"),
                        "",
                        "-servername",
                        NAME,
                        "-verify_hostname",
                        NAME,
                        "-CAfile",
                        root.toString(),
                        "-verify_return_error")
                    .exitCode()
                == 0);
  }

  private String requested(String path) throws IOException {
    try (RawClient client = RawClient.connect(address("http"))) {
      client.send("GET " + path + " HTTP/1.1\r\nHost: " + NAME + "\r\n\r\n");
      return client.readHead().startLine();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http https", "https", "http https, challenge: tls-alpn-01"})
  void anInstanceWithoutACertificateGetsOneAndKeepsIt(String form) throws Exception {
    pebble.start();
    String[] parts = form.split(", ", -1);
    String more = parts.length == 1 ? "" : ", " + parts[1];
    start(parts[0], more);
    awaitServed();

    assertThat(status().issued()).isEqualTo(1);
    assertThat(status().authority()).isEqualTo(pebble.url());
    assertThat(status().problems()).isEmpty();
    assertThat(pebble.log().contains(CHALLENGE))
        .as("by a file")
        .isEqualTo(parts[0].startsWith("http ") && more.isEmpty());
    Path key = folder.resolve("acme/account.key");
    for (Path secret : List.of(key, folder.resolve("issued/" + GUID + ".key"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
          .isEqualTo("rw-------");
    }
    String account = Files.readString(key);
    Path chain = folder.resolve("issued/" + GUID + ".crt");
    String first = Files.readString(chain);

    requireNonNull(gateway).close();
    start(parts[0], more);
    awaitServed();
    assertThat(Files.readString(chain)).isEqualTo(first);
    assertThat(status().issued()).isZero();

    Files.delete(chain);
    Await.until("ordered again", LIMIT, () -> Files.exists(chain));
    assertThat(Files.readString(chain)).isNotEqualTo(first);
    assertThat(Files.readString(key)).isEqualTo(account);
  }

  @Test
  void oneThatIsDueIsRenewedWhileItServes() throws Exception {
    pebble.start();
    CertificateAuthority ca =
        CertificateAuthority.load(folder.resolve("ca.pem"), folder.resolve("ca.key.pem"), null);
    Path chain = folder.resolve("issued/" + GUID + ".crt");
    Instant then = Instant.now().minus(Duration.ofDays(9));
    ca.issue(IssueRequest.forNames(List.of(NAME), then, Duration.ofDays(10)))
        .write(chain, folder.resolve("issued/" + GUID + ".key"), OverwriteMode.REFUSE);
    start("https", "");
    Certificate before = shown();
    awaitServed();
    assertThat(shown()).isNotEqualTo(before);
    Thread.sleep(3_000);
    assertThat(status().issued()).as("once").isEqualTo(1);
  }

  private Certificate shown() throws Exception {
    SSLContext anybody = SSLContext.getInstance("TLS");
    anybody.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    try (RawClient client =
        RawClient.connect(address("https"), RawClient.Tls.of(anybody).serverName(NAME))) {
      return client.session().getPeerCertificates()[0];
    }
  }

  @Test
  void challengesThatAreNotPendingGoToTheUpstream() throws Exception {
    pebble.start();
    start("http https", "");
    awaitServed();
    assertThat(requested(CHALLENGE + "unknown")).contains("201");
    String refused =
        OpensslClient.run(address("https"), "", "-servername", NAME, "-alpn", "acme-tls/1")
            .stderr();
    assertThat(refused).contains("alert number 120");
  }

  @Test
  void aNameThatLeadsElsewhereIsToldAndNotOrderedAgainAtOnce() throws Exception {
    List<Integer> nobody = FreePorts.loopback(2);
    pebble.close();
    pebble = pebble(nobody.get(0), nobody.get(1), "").start();
    start("http https", "");
    Await.until("told", LIMIT, () -> status().problems().containsKey(GUID));
    assertThat(status().problems().get(GUID)).contains(NAME + ": not verified").contains("refused");
    Thread.sleep(3_000);
    assertThat(pebble.log().split("There are now \\d+ authorizations|Added order", -1))
        .as("one order")
        .hasSize(3);
    assertThat(requested(CHALLENGE + "x")).as("http goes on").contains("201");
  }

  @Test
  void aServerThatIsAwayIsAskedAgain() throws Exception {
    start("https", "");
    Await.until("told", LIMIT, () -> status().problem() != null);
    assertThat(status().problem()).contains("localhost", "ConnectException");
    pebble.start();
    awaitServed();
    Await.until("no problem any more", () -> status().problem() == null);
  }

  @Test
  void anAccountIsTiedToACustomers() throws Exception {
    pebble.close();
    String key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
    pebble =
        pebble(
                ports.get(0),
                ports.get(1),
                ", \"externalAccountBindingRequired\": true, \"externalAccountMACKeys\": {\"kid-1\":"
                    + " \""
                    + key
                    + "\"}")
            .start();
    start("https", "");
    Await.until("told", LIMIT, () -> status().problems().containsKey(GUID));
    assertThat(status().problems().get(GUID)).contains("externalAccountRequired");
    requireNonNull(gateway).close();
    Files.writeString(folder.resolve("mac.key"), key);
    start("https", ", external-account: {key-id: kid-1, mac-key: {file: mac.key}}");
    awaitServed();
  }

  @Test
  void anAccountKeyThatOthersCanReadIsNotUsed() throws Exception {
    pebble.start();
    Path key = Files.createDirectories(folder.resolve("acme")).resolve("account.key");
    Files.copy(folder.resolve("ca.key.pem"), key);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    String before = Files.readString(key);
    start("https", "");
    Await.until("told", LIMIT, () -> status().problem() != null);
    assertThat(status().problem()).contains(key + ": mode rw-r--r--");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    awaitServed();
    assertThat(Files.readString(key)).isEqualTo(before);
  }

  @Test
  void checkOrdersNothing() throws Exception {
    Path config = Files.writeString(folder.resolve("gateway.yml"), yaml("http https", ""));
    var out = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(out, true))
            .execute("check", "--config", config.toString());
    assertThat(out.toString()).contains("certificate is ordered while the gateway runs");
    assertThat(code).as(out.toString()).isZero();
    assertThat(folder.resolve("acme")).doesNotExist();
    assertThat(folder.resolve("issued")).doesNotExist();
  }

  @Test
  void anInstanceThatAReloadAddsGetsOne() throws Exception {
    pebble.start();
    start("http https", "");
    awaitServed();
    String added = "11111111-0000-4000-8000-000000000000";
    Files.writeString(
        folder.resolve("gateway.yml"),
        yaml("http https", "")
            .replace(
                "instances: [",
                "instances: [{guid: %s, public-host: b.example.test}, ".formatted(added)));
    assertThat(requireNonNull(gateway).gateway().reloads().reload().outcome())
        .isEqualTo(Reloads.Outcome.APPLIED);
    Await.until("ordered", LIMIT, () -> Files.exists(folder.resolve("issued/" + added + ".crt")));
    awaitServed();
  }

  private void reload(String text) throws IOException {
    Files.writeString(folder.resolve("gateway.yml"), text);
    assertThat(requireNonNull(gateway).gateway().reloads().reload().outcome())
        .isEqualTo(Reloads.Outcome.APPLIED);
  }

  @Test
  void aServerThatIsSilentIsNotWaitedForOnceItIsReplaced() throws Exception {
    pebble.start();
    try (var silent = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      String url = "https://localhost:" + silent.getLocalPort() + "/dir";
      gateway = TestGateway.start(folder, yaml("https", "").replace(pebble.url(), url));
      try (Socket asked = silent.accept()) {
        Instant then = Instant.now();
        reload(yaml("https", ""));
        awaitServed();
        assertThat(Duration.between(then, Instant.now())).isLessThan(Duration.ofSeconds(15));
        assertThat(asked.isClosed()).isFalse();
      }
    }
  }

  @Test
  void whatAServerHasSaidIsForgottenWithIt() throws Exception {
    start("https", "");
    Await.until("told", LIMIT, () -> status().problem() != null);
    assertThat(metrics()).contains("harbor_gateway_certificates_not_issued 1.0");
    var own = certificates.issue(NAME);
    String text = yaml("https", "");
    reload(
        text.substring(0, text.indexOf("certs: {"))
            .replace(
                "public-host: " + NAME,
                "public-host: %s, certificate: {chain: \"%s\", key: \"%s\"}"
                    .formatted(NAME, own.certificate(), own.key())));
    Await.until(
        "forgotten", LIMIT, () -> metrics().contains("harbor_gateway_certificates_not_issued 0.0"));
  }

  private String metrics() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://127.0.0.1:" + ports.get(2) + "/metrics");
      return client
          .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  @Test
  void anotherNameDoesNotWaitForTheOneBefore() throws Exception {
    List<Integer> nobody = FreePorts.loopback(2);
    pebble.close();
    pebble = pebble(nobody.get(0), nobody.get(1), "").start();
    start("http https", "");
    Await.until("told", LIMIT, () -> status().problems().containsKey(GUID));
    reload(yaml("http https", "").replace(NAME, "b.example.test"));
    Await.until(
        "the other is told",
        LIMIT,
        () -> String.valueOf(status().problems().get(GUID)).contains("b.example.test"));
  }
}
