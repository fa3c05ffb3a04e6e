package io.harborgateway.announce.routingapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.harborgateway.announce.routingapi.RoutingApiStandIn.Asked;
import io.harborgateway.announce.routingapi.RoutingApiStandIn.MappingKey;
import io.harborgateway.announce.routingapi.TcpRouteMapping.RouterTls;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.config.RoutingApiConfig;
import io.harborgateway.config.UaaConfig;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.Secret;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.TestCertificates;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What the routing API and UAA hear, and how long they have it. */
@Timeout(180)
final class RoutingApiAnnouncerIT {
  private static final JsonMapper JSON = new JsonMapper();

  /** Upserted again after a second. */
  private static final Duration SHORT = Duration.ofSeconds(3);

  /** So long that what is said again is said for another reason. */
  private static final Duration LONG = Duration.ofMinutes(2);

  private static final TcpRouteMapping SYSLOG =
      new TcpRouteMapping("syslog", "10.0.1.5", 1514, 1024, "default-tcp", null);
  private static final TcpRouteMapping REGISTRY =
      new TcpRouteMapping(
          "registry", "10.0.1.5", 443, 1025, "default-tcp", HostName.of("registry.example.com"));
  private static final TcpRouteMapping LATER =
      new TcpRouteMapping("later", "10.0.1.5", 5000, 1029, "default-tcp", null);
  private static final MappingKey LATER_KEY = new MappingKey("g-1", 1029, "10.0.1.5", 5000, -1, "");
  private static final MappingKey SYSLOG_KEY =
      new MappingKey("g-1", 1024, "10.0.1.5", 1514, -1, "");
  private static final MappingKey REGISTRY_KEY =
      new MappingKey("g-1", 1025, "10.0.1.5", 443, -1, "registry.example.com");

  @TempDir private static Path folder;

  private static TestCertificates certificates;
  private static TestCertificates otherCertificates;

  private RoutingApiStandIn standIn;

  @BeforeAll
  static void issues() throws Exception {
    certificates = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
    otherCertificates = TestCertificates.in(Files.createDirectory(folder.resolve("other-ca")));
  }

  @BeforeEach
  void starts() {
    standIn = RoutingApiStandIn.start(certificates);
  }

  @AfterEach
  void stops() {
    standIn.close();
    assertThat(standIn.violations()).isEmpty();
  }

  @Test
  void upsertsAtOnceAndAgainWithinTheTtl() throws Exception {
    Instant before = Instant.now();
    try (var announcer = started(section(SHORT))) {
      announcer.announce("syslog");

      eventually("it is upserted three times", () -> standIn.creates().size() >= 3);

      assertThat(standIn.asked().getFirst())
          .extracting(Asked::method, Asked::path)
          .containsExactly("GET", "/routing/v1/router_groups");
      assertThat(standIn.creates())
          .allMatch(
              JSON.readTree(
                      """
                      [{"router_group_guid":"g-1","backend_port":1514,"backend_tls_port":-1,
                        "backend_ip":"10.0.1.5","instance_id":"","port":1024,
                        "modification_tag":{"guid":"","index":0},"ttl":3,"isolation_segment":""}]
                      """)
                  ::equals);
      eventually("three are counted", () -> route(announcer, "syslog").upserts() >= 3);
      assertThat(route(announcer, "syslog").lastUpserted()).isAfterOrEqualTo(before);
      assertThat(route(announcer, "syslog").lastError()).isNull();
      assertThat(standIn.bodies("/routing/v1/router_groups")).hasSize(1);
      assertThat(standIn.issuedTokens()).isEqualTo(1);
      assertThat(standIn.deletes()).isEmpty();
    }
  }

  @Test
  void announcesOnlyWhatItIsToldTo() {
    try (var announcer = started(section(LONG))) {
      announcer.announce("registry");
      announced(announcer, "registry");

      assertThat(standIn.mappings()).containsExactly(REGISTRY_KEY);
      assertThat(route(announcer, "syslog"))
          .isEqualTo(
              new TcpRouteStatus("syslog", RouteState.HELD, "not checked yet", null, 0, null));
      assertThat(announcer.status().failing()).isFalse();
      assertThat(announcer.status().lastSuccess()).isNotNull();
      assertThat(announcer.status().tokenExpires()).isAfter(Instant.now().plusSeconds(3000));
    }
  }

  @Test
  void announcedTwiceIsUpsertedOnce() {
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      announced(announcer, "syslog");
      announcer.announce("syslog");
      announcer.announce("registry");
      announced(announcer, "registry");

      assertThat(standIn.creates()).hasSize(2);
    }
  }

  @Test
  void announcedBeforeTheStartIsUpsertedAfterIt() {
    try (var announcer = announcer(section(LONG))) {
      announcer.announce("syslog");
      assertThat(route(announcer, "syslog").state()).isEqualTo(RouteState.READY);
      announcer.start();

      announced(announcer, "syslog");
    }
  }

  @Test
  void withdrawnIsDeletedAndCanBeAnnouncedAgain() {
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      announcer.announce("registry");
      announced(announcer, "syslog");
      announced(announcer, "registry");

      announcer.withdraw("registry", "down");

      state(announcer, "registry", RouteState.WITHDRAWN);
      assertThat(standIn.deletes()).containsExactly(standIn.creates().getLast());
      assertThat(standIn.mappings()).containsExactly(SYSLOG_KEY);

      announcer.announce("registry");

      announced(announcer, "registry");
      assertThat(standIn.mappings()).containsExactlyInAnyOrder(SYSLOG_KEY, REGISTRY_KEY);
      assertThat(standIn.deletes()).hasSize(1);
    }
  }

  @Test
  void whatWasNeverAnnouncedIsNotDeleted() {
    try (var announcer = started(section(LONG))) {
      announcer.withdraw("syslog", "down");
      assertThat(announcer.withdrawAll("draining", Duration.ofMinutes(1))).isTrue();

      assertThat(standIn.asked()).isEmpty();
    }
  }

  @Test
  void withdrawAllWaitsUntilTheApiHasDeletedThem() {
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      announcer.announce("registry");
      announced(announcer, "syslog");
      announced(announcer, "registry");

      assertThat(announcer.withdrawAll("draining", Duration.ofMinutes(1))).isTrue();

      assertThat(standIn.deletes()).hasSize(2);
      assertThat(standIn.mappings()).isEmpty();
      assertThat(announcer.status().routes())
          .extracting(TcpRouteStatus::state)
          .containsOnly(RouteState.WITHDRAWN);
      assertThat(announcer.withdrawAll("draining", Duration.ofMinutes(1))).isTrue();
      assertThat(standIn.deletes()).hasSize(2);
    }
  }

  @Test
  void withdrawAllIsLimitedWhileTheApiIsAway() throws Exception {
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      announced(announcer, "syslog");
      standIn.stopApi();

      assertThat(announcer.withdrawAll("draining", Duration.ofMillis(100))).isFalse();
      state(announcer, "syslog", RouteState.WITHDRAWING);

      standIn.startApi();
      assertThat(announcer.withdrawAll("draining", Duration.ofMinutes(1))).isTrue();
      assertThat(standIn.mappings()).isEmpty();
    }
  }

  @Test
  void tokenIsRenewedBeforeItExpires() {
    standIn.tokenLifetime(10);
    try (var announcer = started(section(SHORT))) {
      announcer.announce("syslog");

      eventually("it has another token", () -> standIn.issuedTokens() >= 2);
      int upserts = standIn.creates().size();
      eventually("it is upserted on", () -> standIn.creates().size() > upserts);
      assertThat(standIn.refusedTokens()).isZero();
    }
  }

  @Test
  void tokenThatIsRefusedIsReplacedAtOnce() {
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      announced(announcer, "syslog");

      standIn.revokeTokens();
      announcer.announce("registry");

      announced(announcer, "registry");
      assertThat(standIn.refusedTokens()).isEqualTo(1);
      assertThat(standIn.issuedTokens()).isEqualTo(2);
      assertThat(announcer.status().lastError()).isNull();
    }
  }

  @Test
  void wrongCredentialsAreTriedAgainUntilTheyAreRight() {
    standIn.secret("another");
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      eventually("it is refused twice", () -> standIn.refusedCredentials() >= 2);

      RoutingApiStatus status = announcer.status();
      assertThat(status.failing()).isTrue();
      assertThat(status.lastError())
          .isEqualTo(
              "POST %soauth/token: 401 unauthorized: Bad credentials".formatted(standIn.uaaUri()));
      assertThat(status.tokenExpires()).isNull();
      assertThat(route(announcer, "syslog").state()).isEqualTo(RouteState.READY);
      assertThat(standIn.asked()).isEmpty();

      standIn.secret(RoutingApiStandIn.SECRET);

      announced(announcer, "syslog");
      assertThat(announcer.status().failing()).isFalse();
    }
  }

  /** Nothing was sent to the API, so there is nothing to wait for at the end. */
  @Test
  void wrongCredentialsDoNotDelayTheEnd() {
    standIn.secret("another");
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      eventually("it is refused", () -> announcer.status().failing());

      assertThat(announcer.withdrawAll("draining", Duration.ofMinutes(1))).isTrue();
      state(announcer, "syslog", RouteState.WITHDRAWN);
    }
  }

  @Test
  void noSecretIsInTheSnapshot() {
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      announced(announcer, "syslog");

      assertThat(announcer.status().toString()).doesNotContain("token-1", "s3cret");
    }
  }

  @Test
  void apiThatIsAwayIsTriedAgainUntilItIsBack() throws Exception {
    try (var announcer = started(section(SHORT))) {
      announcer.announce("syslog");
      announced(announcer, "syslog");

      standIn.stopApi();
      eventually("it fails", () -> announcer.status().failing());
      state(announcer, "syslog", RouteState.READY);
      assertThat(announcer.status().lastError())
          .startsWith("POST " + standIn.apiUri() + "/routing/v1/tcp_routes/create: ");

      standIn.startApi();
      announced(announcer, "syslog");
      assertThat(announcer.status().failing()).isFalse();
      eventually("the API has it", () -> standIn.mappings().contains(SYSLOG_KEY));
    }
  }

  @Test
  void apiThatIsAwayAtTheStart() throws Exception {
    standIn.stopApi();
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      eventually("it fails", () -> announcer.status().failing());

      standIn.startApi();

      announced(announcer, "syslog");
    }
  }

  @Test
  void withdrawnWhileTheApiIsAwayIsDeletedWhenItIsBack() throws Exception {
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      announced(announcer, "syslog");
      standIn.stopApi();

      announcer.withdraw("syslog", "down");
      eventually("the deletion fails", () -> announcer.status().failing());
      assertThat(route(announcer, "syslog").state()).isEqualTo(RouteState.WITHDRAWING);
      standIn.startApi();

      state(announcer, "syslog", RouteState.WITHDRAWN);
      assertThat(standIn.deletes()).hasSize(1);
      assertThat(standIn.mappings()).isEmpty();
      assertThat(announcer.status().failing()).isFalse();
    }
  }

  @Test
  void withdrawnIsForgottenWithItsTtlWhenTheApiStaysAway() {
    try (var announcer = started(section(SHORT))) {
      announcer.announce("syslog");
      announced(announcer, "syslog");
      standIn.stopApi();

      announcer.withdraw("syslog", "down");

      state(announcer, "syslog", RouteState.WITHDRAWN);
      assertThat(announcer.status().failing()).isFalse();
      assertThat(announcer.withdrawAll("draining", Duration.ofMinutes(1))).isTrue();
    }
  }

  @Test
  void apiInTroubleIsTriedAgain() {
    standIn.inTrouble(true);
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      eventually("it fails", () -> announcer.status().failing());
      assertThat(announcer.status().lastError())
          .endsWith(": 500 DBCommunicationError: connection refused");

      standIn.inTrouble(false);

      announced(announcer, "syslog");
    }
  }

  @Test
  void apiThatDoesNotAnswerHoldsNobodyUp() {
    standIn.hang();
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");

      eventually("it is given up", () -> announcer.status().failing());

      assertThat(announcer.status().lastError()).endsWith("no response in 5 s");
      announcer.withdraw("syslog", "down");
    }
  }

  @Test
  void unknownRouterGroupIsThatRoutesProblemAlone() {
    var lost = new TcpRouteMapping("lost", "10.0.1.5", 80, 1026, "my group", null);
    try (var announcer =
        new RoutingApiAnnouncer(
            RoutingApiAccess.of(section(LONG)), List.of(lost, SYSLOG), new NodeEvents())) {
      announcer.start();
      announcer.announce("lost");
      announcer.announce("syslog");
      announced(announcer, "syslog");
      eventually("it is refused", () -> route(announcer, "lost").lastError() != null);

      assertThat(route(announcer, "lost").lastError())
          .endsWith(": 404 ResourceNotFoundError: router group 'my group' not found");
      assertThat(route(announcer, "lost").state()).isEqualTo(RouteState.READY);
      assertThat(announcer.status().failing()).isFalse();

      standIn.group("my group", "g-2");

      announced(announcer, "lost");
      assertThat(route(announcer, "lost").lastError()).isNull();
      assertThat(standIn.mappings()).contains(new MappingKey("g-2", 1026, "10.0.1.5", 80, -1, ""));
    }
  }

  @Test
  void routerGroupThatWasMadeAnewIsLookedUpAgain() {
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      announced(announcer, "syslog");

      standIn.group("default-tcp", "g-9");
      announcer.announce("registry");

      announced(announcer, "registry");
      assertThat(standIn.mappings())
          .contains(new MappingKey("g-9", 1025, "10.0.1.5", 443, -1, "registry.example.com"));
    }
  }

  @Test
  void ttlThatTheApiDoesNotTakeIsSaid() {
    try (var announcer = started(section(Duration.ofSeconds(121)))) {
      announcer.announce("syslog");
      eventually("it is refused", () -> route(announcer, "syslog").lastError() != null);

      assertThat(route(announcer, "syslog").lastError())
          .contains(": 400 ProcessRequestError: Cannot process request: Each tcp mapping requires")
          .endsWith("TTL to be less than or equal to 120");
      assertThat(announcer.withdrawAll("draining", Duration.ofMinutes(1))).isTrue();
      assertThat(standIn.deletes()).isEmpty();
    }
  }

  @Test
  void serverCertificateOfAnotherCaIsRefused() {
    assertFails(
        section(standIn.apiUri(), otherCertificates.ca(), certificates.ca()),
        "PKIX path validation failed");
    assertThat(standIn.asked()).isEmpty();
  }

  @Test
  void uaaCertificateOfAnotherCaIsRefused() {
    assertFails(
        section(standIn.apiUri(), certificates.ca(), otherCertificates.ca()),
        "PKIX path validation failed");
    assertThat(standIn.issuedTokens()).isZero();
  }

  @Test
  void serverCertificateOfAnotherNameIsRefused() {
    URI byAddress = URI.create("https://127.0.0.1:" + standIn.apiUri().getPort());
    assertFails(
        section(byAddress, certificates.ca(), certificates.ca()),
        "No subject alternative names matching IP address 127.0.0.1 found");
    assertThat(standIn.asked()).isEmpty();
  }

  @Test
  void fileThatCannotBeReadIsNamed() {
    Path missing = folder.resolve("missing.pem");
    assertFails(section(standIn.apiUri(), missing, certificates.ca()), missing.toString());
  }

  @Test
  void clientCertificate() throws Exception {
    restartMutual();
    TestCertificates.Issued client = certificates.issue("gateway.example.com");
    try (var announcer = started(mutualSection(LONG, client.certificate(), client.key()))) {
      announcer.announce("syslog");
      announced(announcer, "syslog");

      assertThat(standIn.asked())
          .extracting(Asked::certificate)
          .containsOnly(serial(client.certificate()));
    }
  }

  @Test
  void missingClientCertificateIsAProblemOfTheApi() {
    restartMutual();
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      eventually("it fails", () -> announcer.status().failing());

      assertThat(standIn.asked()).isEmpty();
    }
  }

  @Test
  void clientCertificateThatIsRenewed() throws Exception {
    restartMutual();
    Path certificate = folder.resolve("client.pem");
    Path key = folder.resolve("client.key.pem");
    replace(otherCertificates.issue("gateway.example.com"), certificate, key);
    try (var announcer = started(mutualSection(SHORT, certificate, key))) {
      announcer.announce("syslog");
      eventually("it fails", () -> announcer.status().failing());

      replace(certificates.issue("gateway.example.com"), certificate, key);
      BigInteger first = serial(certificate);
      eventually("it is used", () -> first.equals(lastCertificate()));

      replace(certificates.issue("gateway.example.com"), certificate, key);
      BigInteger second = serial(certificate);
      eventually("the next is used", () -> second.equals(lastCertificate()));
      announced(announcer, "syslog");
    }
  }

  @Test
  void routesMustBeKnownAndDifferent() {
    try (var announcer = announcer(section(LONG))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> announcer.announce("other"))
          .withMessage("TCP route: \"other\" (expected: one of [syslog, registry])");
      assertThatIllegalArgumentException().isThrownBy(() -> announcer.withdraw("other", "down"));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new RoutingApiAnnouncer(
                RoutingApiAccess.of(section(LONG)), List.of(SYSLOG, SYSLOG), new NodeEvents()))
        .withMessage("TCP route: \"syslog\" twice (expected: once)");
  }

  @Test
  void nothingHappensAfterTheEnd() {
    var announcer = started(section(LONG));
    announcer.announce("syslog");
    announced(announcer, "syslog");
    announcer.close();

    announcer.announce("registry");
    assertThat(announcer.withdrawAll("draining", Duration.ofMinutes(1))).isFalse();
    announcer.close();

    assertThat(standIn.creates()).hasSize(1);
    assertThat(standIn.deletes()).isEmpty();
  }

  private void restartMutual() {
    standIn.close();
    standIn = RoutingApiStandIn.startMutual(certificates);
  }

  private void assertFails(RoutingApiConfig section, String error) {
    try (var announcer = started(section)) {
      announcer.announce("syslog");
      eventually("it fails", () -> announcer.status().failing());
      assertThat(announcer.status().lastError()).contains(error);
      assertThat(route(announcer, "syslog").state()).isEqualTo(RouteState.READY);
    }
  }

  @Test
  void takesARouteAtRunTimeAndForgetsItOnceItIsDeleted() {
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      announced(announcer, "syslog");

      announcer.add(LATER);
      announcer.announce("later");
      announced(announcer, "later");
      assertThat(standIn.mappings()).containsExactlyInAnyOrder(SYSLOG_KEY, LATER_KEY);

      announcer.remove("later", "gone");
      eventually(
          "it is forgotten",
          () -> announcer.status().routes().stream().noneMatch(r -> r.id().equals("later")));
      assertThat(standIn.mappings()).containsExactly(SYSLOG_KEY);
      assertThatIllegalArgumentException().isThrownBy(() -> announcer.announce("later"));
      announcer.remove("later", "gone"); // nothing
    }
  }

  @Test
  void aRemovedRouteStaysUntilTheApiHasDeletedIt() throws Exception {
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      announced(announcer, "syslog");
      standIn.stopApi();

      announcer.remove("syslog", "gone");
      eventually("the API is away", () -> announcer.status().failing());
      assertThat(route(announcer, "syslog").state()).isEqualTo(RouteState.WITHDRAWING);

      standIn.startApi();
      eventually("it is deleted", () -> standIn.mappings().isEmpty());
    }
  }

  /** A file that is renamed away and back: the removal must not catch up with it. */
  @Test
  void aRouteThatIsRemovedAndAddedAgainStays() throws Exception {
    try (var announcer = started(section(LONG))) {
      announcer.announce("syslog");
      announced(announcer, "syslog");
      standIn.stopApi();
      announcer.remove("syslog", "gone");
      announcer.add(SYSLOG);
      announcer.announce("syslog");
      standIn.startApi();

      announcer.announce("registry");
      announced(announcer, "registry");
      announced(announcer, "syslog");
      announcer.withdraw("syslog", "down");
      eventually("it is deleted", () -> standIn.mappings().equals(List.of(REGISTRY_KEY)));
      announcer.announce("syslog"); // it is not forgotten
      announced(announcer, "syslog");
    }
  }

  @Test
  void aRoutesOwnTtlIsUsedUpToThatOfTheSection() {
    var shorter = withTtl("shorter", 1030, Duration.ofSeconds(3));
    var longer = withTtl("longer", 1031, Duration.ofHours(1));
    try (var announcer =
        new RoutingApiAnnouncer(
            RoutingApiAccess.of(section(LONG)),
            List.of(shorter, longer, REGISTRY),
            new NodeEvents())) {
      announcer.start();
      announcer.announce("longer");
      announced(announcer, "longer");
      announcer.announce("shorter");

      eventually("it is upserted again", () -> standIn.creates().size() >= 3);

      assertThat(standIn.creates().stream().map(body -> body.get(0).get("ttl").asInt()).limit(3))
          .containsExactly(120, 3, 3);
    }
  }

  private static TcpRouteMapping withTtl(String id, int externalPort, Duration ttl) {
    return new TcpRouteMapping(
        id, "10.0.1.5", 80, externalPort, "default-tcp", null, RouterTls.NONE, ttl);
  }

  @Test
  void serversThatAreNotVerifiedMayBeAnybody() {
    Path stranger = otherCertificates.ca();
    var access = RoutingApiAccess.of(section(standIn.apiUri(), certificates.ca(), stranger));
    var anybody =
        new RoutingApiAccess.Server(
            // a name that is in no certificate, either
            URI.create(access.uaa().url().toString().replace("localhost", "127.0.0.1")),
            stranger,
            null,
            null,
            false);
    var trusting =
        new RoutingApiAccess(access.api(), anybody, access.client(), access.clientSecret(), LONG);
    try (var announcer = new RoutingApiAnnouncer(trusting, List.of(SYSLOG), new NodeEvents())) {
      announcer.start();
      announcer.announce("syslog");
      announced(announcer, "syslog");
    }
  }

  private static RoutingApiAnnouncer announcer(RoutingApiConfig section) {
    return new RoutingApiAnnouncer(
        RoutingApiAccess.of(section), List.of(SYSLOG, REGISTRY), new NodeEvents());
  }

  private static RoutingApiAnnouncer started(RoutingApiConfig section) {
    RoutingApiAnnouncer announcer = announcer(section);
    announcer.start();
    return announcer;
  }

  private RoutingApiConfig section(Duration ttl) {
    Path ca = certificates.ca();
    return new RoutingApiConfig(standIn.apiUri(), ca, null, null, uaa(ca), ttl);
  }

  private RoutingApiConfig mutualSection(Duration ttl, Path certificate, Path key) {
    Path ca = certificates.ca();
    return new RoutingApiConfig(standIn.apiUri(), ca, certificate, key, uaa(ca), ttl);
  }

  private RoutingApiConfig section(URI api, Path ca, Path uaaCa) {
    return new RoutingApiConfig(api, ca, null, null, uaa(uaaCa), LONG);
  }

  private UaaConfig uaa(Path ca) {
    return new UaaConfig(
        standIn.uaaUri(), ca, RoutingApiStandIn.CLIENT, Secret.of(RoutingApiStandIn.SECRET));
  }

  private static TcpRouteStatus route(RoutingApiAnnouncer announcer, String id) {
    return announcer.status().routes().stream()
        .filter(route -> route.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static void announced(RoutingApiAnnouncer announcer, String id) {
    state(announcer, id, RouteState.ANNOUNCED);
  }

  private static void state(RoutingApiAnnouncer announcer, String id, RouteState expected) {
    eventually(id + " is " + expected, () -> route(announcer, id).state() == expected);
  }

  private @Nullable BigInteger lastCertificate() {
    List<Asked> asked = standIn.asked();
    return asked.isEmpty() ? null : asked.getLast().certificate();
  }

  private static BigInteger serial(Path certificate) throws Exception {
    try (var in = Files.newInputStream(certificate)) {
      var read = CertificateFactory.getInstance("X.509").generateCertificate(in);
      return ((X509Certificate) read).getSerialNumber();
    }
  }

  private static void replace(TestCertificates.Issued by, Path certificate, Path key)
      throws Exception {
    Files.copy(by.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(by.key(), key, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Waits as long as a busy machine may need. */
  private static void eventually(String what, Await.Condition condition) {
    Await.until(what, Duration.ofMinutes(1), condition);
  }
}
