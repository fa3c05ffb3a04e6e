package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.cli.Main;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.snapshot.SnapshotBuilder;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Gorouter;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.RouterRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that the gateway issues itself, of few instances. */
@Timeout(100)
class SelfIssuingIT {
  private static final String GUID = "00000000-0000-4000-8000-000000000000";
  private static final String NAME = GUID + "." + DOMAIN;
  private static final String ADDED = GUID + ".added." + DOMAIN;

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private ReloadStand stand;

  @BeforeEach
  void prepare() {
    stand = ReloadStand.prepare(folder, origin.port());
    stand.instances.add("{guid: %s, domain: %s}".formatted(GUID, DOMAIN));
    stand.sections.add(issuer(", validity: 240h"));
  }

  @AfterEach
  void close() {
    stand.close();
    origin.close();
  }

  private static String issuer(String more) {
    return "certs: {issuer: {certificate: ca.pem, key: ca.key.pem, directory: issued,"
        + " key-type: ecdsa%s}}".formatted(more);
  }

  private Path chain() {
    return folder.resolve("issued/" + GUID + ".crt");
  }

  private Path key() {
    return folder.resolve("issued/" + GUID + ".key");
  }

  private void addRoute() {
    stand.instances.set(
        0, "{guid: %s, domain: %s, additional-routes: [added]}".formatted(GUID, DOMAIN));
  }

  /** The client verifies the chain and the name. */
  private X509Certificate shown(String name) throws IOException {
    try (RawClient client = stand.connect(name)) {
      Certificate[] chain = client.session().getPeerCertificates();
      return (X509Certificate) chain[0];
    }
  }

  @Test
  void whatIsMissingIsIssuedAtTheStartAndKept() throws Exception {
    stand.start();
    X509Certificate first = shown(NAME);
    assertThat(first.getKeyUsage()[0]).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key())))
        .isEqualTo("rw-------");
    stand.close();
    stand.start();
    assertThat(shown(NAME)).isEqualTo(first);
  }

  @Test
  void aRouterReachesARouteThatOneWordHasAdded() throws Exception {
    try (var nats = NatsServer.start();
        var router = Gorouter.start(nats, stand.certificates::trusting)) {
      stand.sections.add("registration: {servers: [\"%s\"]}".formatted(nats.uri()));
      stand.start();
      router.awaitEndpoints(NAME, 1, Duration.ofSeconds(10));
      X509Certificate before = shown(NAME);
      assertThat(router.request(RouterRequest.of("GET", NAME, "/v2/")).status()).isEqualTo(201);

      addRoute();
      Reloads.Result result = stand.reload();
      assertThat(result.outcome()).isEqualTo(Reloads.Outcome.APPLIED);
      router.awaitEndpoints(ADDED, 1, Duration.ofSeconds(10));
      for (String name : List.of(ADDED, NAME)) {
        assertThat(router.request(RouterRequest.of("GET", name, "/v2/")).status()).isEqualTo(201);
      }
      assertThat(shown(ADDED)).isEqualTo(shown(NAME)).isNotEqualTo(before);
      assertThat(router.rejected()).isEmpty();
    }
  }

  @Test
  void aReloadForWhichNoneCanBeIssuedIsRefusedAndWhatWorksStays() throws Exception {
    stand.start();
    X509Certificate before = shown(NAME);
    Path key = folder.resolve("ca.key.pem");
    Path away = Files.move(key, folder.resolve("away"));
    addRoute();
    Reloads.Result refused = stand.reload();
    assertThat(refused.outcome()).isEqualTo(Reloads.Outcome.REJECTED);
    assertThat(refused.problems()).anyMatch(line -> line.contains("ca.key.pem: no such file"));
    assertThat(shown(NAME)).isEqualTo(before);

    Files.move(away, key);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(stand.reload().problems()).anyMatch(line -> line.contains("mode rw-r--r--"));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(stand.reload().outcome()).isEqualTo(Reloads.Outcome.APPLIED);
    assertThat(shown(ADDED).getSubjectAlternativeNames()).hasSize(2);
  }

  /** Refused after it was prepared: what it would have been issued for is not in force. */
  @Test
  void aReloadThatIsRefusedLeavesTheCertificateAsItIs() throws Exception {
    stand.start();
    byte[] chain = Files.readAllBytes(chain());
    byte[] key = Files.readAllBytes(key());
    addRoute();
    try (var taken = new ServerSocket(stand.spare, 1, InetAddress.getLoopbackAddress())) {
      stand.listeners.add(
          ReloadStand.listener("spare", taken.getLocalPort(), "http", stand.upstream));
      assertThat(stand.reload().outcome()).isEqualTo(Reloads.Outcome.REJECTED);
    }
    assertThat(Files.readAllBytes(chain())).isEqualTo(chain);
    assertThat(Files.readAllBytes(key())).isEqualTo(key);

    assertThat(stand.reload().outcome()).isEqualTo(Reloads.Outcome.APPLIED);
    assertThat(Files.readAllBytes(chain())).isNotEqualTo(chain);
    assertThat(shown(ADDED)).isEqualTo(shown(NAME));
  }

  /** One that is given comes first, while it is there. */
  @Test
  void aCertificateThatIsGivenTakesThePlaceOfTheIssuedOne() throws Exception {
    Path given = Files.createDirectory(folder.resolve("given"));
    stand.sections.set(0, issuer("").replace("certs: {", "certs: {directory: given, "));
    stand.start();
    X509Certificate issued = shown(NAME);

    var other = stand.certificates.issue(NAME);
    Files.copy(other.key(), given.resolve(GUID + ".key"));
    Files.copy(other.certificate(), given.resolve(GUID + ".crt"));
    Await.until("the given one is served", () -> !shown(NAME).equals(issued));
    Files.delete(given.resolve(GUID + ".crt"));
    Await.until("the issued one is served", () -> shown(NAME).equals(issued));
  }

  @Test
  void anInstanceOfAFolderGetsOneAndAnotherWhenARouteIsAdded() throws Exception {
    String guid = "11111111-0000-4000-8000-000000000000";
    Path instances = Files.createDirectory(folder.resolve("instances.d"));
    stand.sections.add("instances-directory: instances.d");
    stand.start();
    String text = "guid: %s%ndomain: %s%n".formatted(guid, DOMAIN);
    Files.writeString(instances.resolve("one.yml"), text);
    String name = guid + "." + DOMAIN;
    Await.until("it is served", () -> shown(name) != null);
    X509Certificate before = shown(name);

    Files.writeString(instances.resolve("one.yml"), text + "additional-routes: [added]\n");
    Await.until("its route is served", () -> shown(guid + ".added." + DOMAIN) != null);
    assertThat(shown(name)).isNotEqualTo(before);
    assertThat(stand.gateway().events().recent().events())
        .filteredOn(told -> told.event().kind().toString().equals("certificate-issued"))
        .hasSize(3);
  }

  @Test
  void aDryRunAndACheckIssueNothing() throws Exception {
    Path config = Files.writeString(folder.resolve("gateway.yml"), stand.yaml());
    var snapshot = SnapshotBuilder.loadAll(config, Map.of(), Instant.now());
    assertThat(snapshot.warnings())
        .anyMatch(
            warning -> warning.toString().contains("certificate would be issued: there is none"));
    var out = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .execute("check", "--config", config.toString());
    assertThat(code).as(out.toString()).isZero();
    assertThat(out.toString()).contains("would be issued", "certificate: EC P-256, 9 days left");
    assertThat(folder.resolve("issued")).doesNotExist();

    stand.start();
    assertThat(stand.gateway().events().recent().events())
        .as("what is issued anyway is not warned of")
        .noneMatch(told ->
            told.event().kind().toString().equals("certificate-ending")
                && told.event().subject().equals(GUID));
    byte[] issued = Files.readAllBytes(chain());
    addRoute();
    stand.write(stand.yaml());
    assertThat(stand.gateway().reloads().plan(null).outcome()).isEqualTo(Reloads.Outcome.PLANNED);
    assertThat(chain()).hasBinaryContent(issued);

    Files.delete(folder.resolve("ca.key.pem"));
    assertThatThrownBy(() -> SnapshotBuilder.loadAll(config, Map.of(), Instant.now()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("ca.key.pem: no such file");
  }

  @Test
  void whatIsDeletedOrBrokenIsIssuedAgainAndServiceGoesOn() throws Exception {
    stand.start();
    X509Certificate first = shown(NAME);
    Files.delete(chain());
    Await.until("another one", () -> !shown(NAME).equals(first));
    X509Certificate second = shown(NAME);
    Files.writeString(key(), "garbage");
    Await.until("another one", () -> !shown(NAME).equals(second));
  }

  @Test
  void aCertificateIsRenewedBeforeItEndsAndConnectionsStay() throws Exception {
    stand.sections.set(0, issuer(", validity: 15s, renew-before: 10s"));
    stand.start();
    X509Certificate first = shown(NAME);
    try (RawClient open = stand.connect(NAME)) {
      Await.until("renewed", Duration.ofSeconds(14), () -> !shown(NAME).equals(first));
      assertThat(shown(NAME).getNotAfter()).isAfter(first.getNotAfter());
      open.send("GET /v2/ HTTP/1.1\r\nHost: " + NAME + "\r\n\r\n");
      assertThat(open.readResponse().status()).isEqualTo(201);
    }
    try (var admin = new AdminClient(stand.adminPort)) {
      assertThat(admin.ask("GET", "/status").body())
          .contains("\"issuing\"", "\"authority\" : \"CN=test-ca\"");
      assertThat(admin.ask("GET", "/metrics").body())
          .contains("certificates_issued_total{outcome=\"success\"}");
    }
  }

  @Test
  void aFailureIsShownAndRetriedWhileTheOldOneServes() throws Exception {
    stand.sections.set(0, issuer(", validity: 60s, renew-before: 59s"));
    stand.start();
    X509Certificate first = shown(NAME);
    Path key = folder.resolve("ca.key.pem");
    Path away = Files.move(key, folder.resolve("away"));
    Await.until(
        "shown",
        () -> {
          var status = stand.gateway().issuing().status();
          return status != null && String.valueOf(status.problem()).contains("no such file");
        });
    assertThat(shown(NAME)).isEqualTo(first);
    assertThat(stand.gateway().events().recent().events())
        .anyMatch(told -> told.event().kind().toString().equals("certificate-not-issued"));
    Files.move(away, key);
    Await.until("renewed", Duration.ofSeconds(20), () -> !shown(NAME).equals(first));
    Await.until(
        "no problem left",
        () -> requireNonNull(stand.gateway().issuing().status()).problem() == null);
  }

  @Test
  void withoutACaAtTheStartTheOthersAreServedAndItIsIssuedLater() throws Exception {
    Path key = folder.resolve("ca.key.pem");
    Path away = Files.move(key, folder.resolve("away"));
    stand.start();
    assertThat(shown(ReloadStand.NAME)).isNotNull();
    assertThatThrownBy(() -> shown(NAME)).isInstanceOf(IOException.class);
    Files.move(away, key);
    Await.until("issued and served", Duration.ofSeconds(30), () -> shown(NAME) != null);
  }
}
