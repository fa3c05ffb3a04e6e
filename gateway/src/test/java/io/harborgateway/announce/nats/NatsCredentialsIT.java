package io.harborgateway.announce.nats;

import static io.harborgateway.announce.nats.TestRoutes.HTTPS;
import static io.harborgateway.announce.nats.TestRoutes.announcer;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.state.Presence;
import io.harborgateway.config.NatsTlsConfig;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.values.Secret;
import io.harborgateway.control.HeardLogs;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.TestCertificates;
import io.nats.client.NKey;
import io.nats.client.Options;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users, tokens and TLS at a real nats-server. */
@Timeout(120)
final class NatsCredentialsIT {
  @TempDir private static Path folder;

  private static TestCertificates certificates;
  private static TestCertificates otherCertificates;

  private final RecordingMeters meters = new RecordingMeters();

  @BeforeAll
  static void issues() throws Exception {
    certificates = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
    otherCertificates = TestCertificates.in(Files.createDirectory(folder.resolve("other-ca")));
  }

  @Test
  void userAndPassword() {
    try (NatsServer nats = NatsServer.start("--user", "gateway", "--pass", "s3cret")) {
      assertRegisters(nats, TestRoutes.withPassword(nats.uri(), "gateway", "s3cret"));
    }
  }

  @Test
  void token() {
    try (NatsServer nats = NatsServer.start("--auth", "t0ken")) {
      assertRegisters(nats, TestRoutes.withToken(nats.uri(), "t0ken"));
    }
  }

  /** Who can't know of other nodes must not answer 503 beside one that serves, for ever. */
  @Test
  void whereListeningIsForbiddenAnotherNodeIsAssumed() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("forbidding.conf"),
            """
            authorization: {users: [{user: gateway, password: s3cret, permissions: {
              subscribe: {allow: ["router.start", "_INBOX.>"]}}}]}
            """);
    try (var logs = HeardLogs.of(BusState.class);
        NatsServer nats = NatsServer.start("-c", config.toString());
        Announcer announcer =
            announcer(TestRoutes.withPassword(nats.uri(), "gateway", "s3cret"), meters)) {
      var changes = new AtomicInteger();
      announcer.onOthersChanged(changes::incrementAndGet);
      assertThat(announcer.presence(HTTPS.id())).isEqualTo(Presence.UNKNOWN);
      announcer.start();
      Await.until("assumed", () -> announcer.presence(HTTPS.id()) == Presence.ANOTHER);
      Await.until("those who decide by it are told", () -> changes.get() > 0);
      assertThat(announcer.status().nats().lastError())
          .contains("router.register", "other nodes are not heard, one is assumed");
      Thread.sleep(300); // for what else there might be
      assertThat(logs.lines().stream().filter(line -> line.startsWith("NATS problem"))).hasSize(1);
    }
  }

  /** The server takes the subscription to router.*, and leaves out the one subject. */
  @Test
  void whereRegistrationsAreLeftOutAnotherNodeIsAssumedUntilTheyAreNot() throws Exception {
    Path denied =
        permissions("denied.conf", "allow: ['router.*', '_INBOX.>'], deny: 'router.register'");
    Path granted = permissions("granted.conf", "allow: ['router.*', '_INBOX.>']");
    try (NatsServer nats = NatsServer.start("-c", denied.toString());
        Announcer announcer =
            announcer(TestRoutes.withPassword(nats.uri(), "gateway", "s3cret"), meters)) {
      announcer.start();
      Await.until("assumed", () -> announcer.presence(HTTPS.id()) == Presence.ANOTHER);
      assertThat(announcer.status().nats().lastError())
          .contains("router.register", "other nodes are not heard, one is assumed");

      nats.restartWith("-c", granted.toString());
      Await.until(
          "nothing is assumed",
          Duration.ofSeconds(30),
          () -> announcer.presence(HTTPS.id()) == Presence.UNKNOWN);
      nats.restartWith("-c", denied.toString());
      Await.until(
          "assumed again",
          Duration.ofSeconds(30),
          () -> announcer.presence(HTTPS.id()) == Presence.ANOTHER);
    }
  }

  @Test
  void whereOnlyTheTwoSubjectsMayBeHeardTheyAre() throws Exception {
    Path config =
        permissions(
            "two.conf",
            "allow: ['router.start', 'router.register', 'router.unregister', '_INBOX.>']");
    try (NatsServer nats = NatsServer.start("-c", config.toString());
        Router other =
            Router.on(
                new Options.Builder().server(nats.uri().toString()).userInfo("other", "s3cret"));
        Announcer announcer =
            announcer(TestRoutes.withPassword(nats.uri(), "gateway", "s3cret"), meters)) {
      announcer.start();
      hears(announcer, other);
      assertThat(announcer.status().nats().lastError()).isNull();

      nats.restart();
      Await.until(
          "both subscribe again",
          Duration.ofSeconds(30),
          () -> nats.logged("[SUB router.register ") >= 2);
      hears(announcer, other);
    }
  }

  private static void hears(Announcer announcer, Router other) {
    byte[] message =
        "{'uris':['guid.example.com','guid.extra.example.com'],'host':'10.0.1.6','tls_port':443}"
            .replace('\'', '"')
            .getBytes(StandardCharsets.UTF_8);
    Await.until(
        "the other one is heard",
        Duration.ofSeconds(30),
        () -> {
          other.say("router.register", message);
          return announcer.presence(HTTPS.id()) == Presence.ANOTHER;
        });
    Await.until(
        "it is gone",
        Duration.ofSeconds(30),
        () -> {
          other.say("router.unregister", message);
          return announcer.presence(HTTPS.id()) == Presence.UNKNOWN;
        });
  }

  /** Of the user gateway; another one may do all. */
  private static Path permissions(String file, String subscribe) throws Exception {
    return Files.writeString(
        folder.resolve(file),
        """
        authorization: {users: [
          {user: gateway, password: s3cret, permissions: {subscribe: {%s}}},
          {user: other, password: s3cret}]}
        """
            .formatted(subscribe));
  }

  /** jnats closes a connection that is refused twice: that must not be the end. */
  @Test
  void wrongPasswordIsTriedAgainUntilItIsRight() {
    try (NatsServer nats = NatsServer.start("--user", "gateway", "--pass", "new");
        Announcer announcer =
            announcer(TestRoutes.withPassword(nats.uri(), "gateway", "s3cret"), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      refusedThreeTimes(nats);
      assertThat(announcer.status().nats().connected()).isFalse();
      assertThat(announcer.status().nats().lastError())
          .containsIgnoringCase("authorization violation")
          .doesNotContain("s3cret");

      nats.restartWith("--user", "gateway", "--pass", "s3cret");

      Await.until("the route is registered", () -> nats.published("router.register") >= 1);
    }
  }

  @Test
  void passwordThatIsChangedAndChangedBack() {
    try (NatsServer nats = NatsServer.start("--user", "gateway", "--pass", "s3cret");
        Announcer announcer =
            announcer(TestRoutes.withPassword(nats.uri(), "gateway", "s3cret"), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      Await.until("the route is registered", () -> nats.published("router.register") >= 1);

      nats.restartWith("--user", "gateway", "--pass", "new");
      refusedThreeTimes(nats);
      nats.restartWith("--user", "gateway", "--pass", "s3cret");

      Await.until("the route is registered again", () -> nats.published("router.register") >= 1);
    }
  }

  /** As at a rotation: the server restarts with the new one, and the file has it by then. */
  @Test
  void renewedPasswordOfAFileIsUsedAtTheNextConnection() throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "old\n");
    try (NatsServer nats = NatsServer.start("--user", "gateway", "--pass", "old");
        Announcer announcer =
            announcer(TestRoutes.withPassword(nats.uri(), "gateway", Secret.in(file)), meters)) {
      assertRenewedIsUsed(nats, announcer, file, "--user", "gateway", "--pass", "new");
      assertThat(nats.logged("authentication error")).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void renewedTokenOfAFileIsUsedAtTheNextConnection() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "old\n");
    try (NatsServer nats = NatsServer.start("--auth", "old");
        Announcer announcer =
            announcer(TestRoutes.withToken(nats.uri(), Secret.in(file)), meters)) {
      assertRenewedIsUsed(nats, announcer, file, "--auth", "new");
      assertThat(nats.logged("authentication error")).isZero();
    }
  }

  /** Nothing is known to present meanwhile, and that it is missing is no reason to give up. */
  @Test
  void passwordFileThatIsMissingForAWhileIsNamedAndWaitedFor() throws Exception {
    Path file = folder.resolve("late");
    try (NatsServer nats = NatsServer.start("--user", "gateway", "--pass", "s3cret");
        Announcer announcer =
            announcer(TestRoutes.withPassword(nats.uri(), "gateway", Secret.in(file)), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      Await.until("it is known", () -> announcer.status().nats().lastError() != null);
      assertThat(announcer.status().nats().lastError()).contains("no such file: " + file);
      Files.writeString(file, "s3cret");
      Await.until("the route is registered", () -> nats.published("router.register") >= 1);
    }
  }

  private static void assertRenewedIsUsed(
      NatsServer nats, Announcer announcer, Path file, String... options) throws Exception {
    announcer.start();
    announcer.announce(HTTPS.id());
    Await.until("the route is registered", () -> nats.published("router.register") >= 1);
    Files.writeString(file, "new\n");
    nats.restartWith(options);
    Await.until("the route is registered again", () -> nats.published("router.register") >= 1);
  }

  @Test
  void nkeySeedOfACredentialsFile() throws Exception {
    NKey key = NKey.createUser(null);
    Path config =
        Files.writeString(
            folder.resolve("nkey.conf"),
            "authorization: {users: [{nkey: %s}]}".formatted(new String(key.getPublicKey())));
    Path seed = Files.writeString(folder.resolve("user.nk"), new String(key.getSeed()) + "\n");
    try (NatsServer nats = NatsServer.start("--config", config.toString())) {
      assertRegisters(nats, TestRoutes.withCredentials(nats.uri(), seed));
    }
  }

  @Test
  void credentialsThatAreRenewedAreReadAgain() throws Exception {
    NKey key = NKey.createUser(null);
    Path config =
        Files.writeString(
            folder.resolve("renewed.conf"),
            "authorization: {users: [{nkey: %s}]}".formatted(new String(key.getPublicKey())));
    Path file =
        Files.writeString(
            folder.resolve("renewed.creds"), new String(NKey.createUser(null).getSeed()));
    try (NatsServer nats = NatsServer.start("--config", config.toString());
        Announcer announcer = announcer(TestRoutes.withCredentials(nats.uri(), file), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      refusedThreeTimes(nats);
      Files.writeString(
          file,
          """
          -----BEGIN USER NKEY SEED-----
          %s
          ------END USER NKEY SEED------
          """
              .formatted(new String(key.getSeed())));
      Await.until("the route is registered", () -> nats.published("router.register") >= 1);
    }
  }

  @Test
  void tlsWithTheServersCa() {
    try (NatsServer nats = tlsServer("localhost")) {
      assertRegisters(nats, TestRoutes.withTls(nats.tlsUri(), trusting(certificates)));
    }
  }

  @Test
  void tlsForANatsUriToo() {
    try (NatsServer nats = tlsServer("localhost")) {
      URI uri = URI.create("nats://localhost:" + nats.port());
      assertRegisters(nats, TestRoutes.withTls(uri, trusting(certificates)));
    }
  }

  @Test
  void certificateOfAnotherNameIsRefused() {
    try (NatsServer nats = tlsServer("nats.example.com")) {
      assertRefused(
          TestRoutes.withTls(nats.tlsUri(), trusting(certificates)),
          "No subject alternative DNS name matching localhost found");
    }
  }

  @Test
  void certificateOfAnotherCaIsRefused() {
    try (NatsServer nats = tlsServer("localhost")) {
      assertRefused(
          TestRoutes.withTls(nats.tlsUri(), trusting(otherCertificates)),
          "Path does not chain with any of the trust anchors");
    }
  }

  @Test
  void serverWithoutTlsIsNotTalkedTo() {
    try (NatsServer nats = NatsServer.start()) {
      assertRefused(
          TestRoutes.withTls(nats.tlsUri(), trusting(certificates)), "SSL connection wanted");
      assertThat(nats.published("router.register")).isZero();
    }
  }

  @Test
  void clientCertificate() {
    var client = certificates.issue("gateway.example.com");
    try (NatsServer nats = mutualTlsServer()) {
      assertRegisters(
          nats,
          TestRoutes.withTls(
              nats.tlsUri(),
              new NatsTlsConfig(certificates.ca(), client.certificate(), client.key())));
    }
  }

  /** PEM files are read for each connection: a new certificate is used without a restart. */
  @Test
  void clientCertificateThatIsRenewed() throws Exception {
    Path certificate = folder.resolve("client.pem");
    Path key = folder.resolve("client.key.pem");
    replace(otherCertificates.issue("gateway.example.com"), certificate, key);
    var tls = new NatsTlsConfig(certificates.ca(), certificate, key);
    try (NatsServer nats = mutualTlsServer();
        Announcer announcer = announcer(TestRoutes.withTls(nats.tlsUri(), tls), meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      Await.until("it is refused twice", () -> nats.logged("TLS handshake error") >= 2);

      replace(certificates.issue("gateway.example.com"), certificate, key);

      Await.until("the route is registered", () -> nats.published("router.register") >= 1);
    }
  }

  @Test
  void fileThatCannotBeReadIsNamed() {
    Path missing = folder.resolve("missing.pem");
    try (NatsServer nats = tlsServer("localhost")) {
      assertRefused(
          TestRoutes.withTls(nats.tlsUri(), new NatsTlsConfig(missing, null, null)),
          missing.toString());
    }
  }

  private static void refusedThreeTimes(NatsServer nats) {
    Await.until(
        "it is refused three times",
        Duration.ofSeconds(40),
        () -> nats.logged("authentication error") >= 3);
  }

  private static void replace(TestCertificates.Issued by, Path certificate, Path key)
      throws Exception {
    Files.copy(by.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(by.key(), key, StandardCopyOption.REPLACE_EXISTING);
  }

  private static NatsServer tlsServer(String name) {
    var server = certificates.issue(name);
    return NatsServer.start(
        "--tls", "--tlscert", server.certificate().toString(), "--tlskey", server.key().toString());
  }

  private static NatsServer mutualTlsServer() {
    var server = certificates.issue("localhost");
    return NatsServer.start(
        "--tlsverify",
        "--tlscacert",
        certificates.ca().toString(),
        "--tlscert",
        server.certificate().toString(),
        "--tlskey",
        server.key().toString());
  }

  private static NatsTlsConfig trusting(TestCertificates issuer) {
    return new NatsTlsConfig(issuer.ca(), null, null);
  }

  private void assertRegisters(NatsServer nats, RegistrationConfig registration) {
    try (Announcer announcer = announcer(registration, meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      Await.until("the route is registered", () -> nats.published("router.register") >= 1);
    }
  }

  private void assertRefused(RegistrationConfig registration, String error) {
    try (Announcer announcer = announcer(registration, meters)) {
      announcer.start();
      announcer.announce(HTTPS.id());
      Await.until("the refusal is known", () -> announcer.status().nats().lastError() != null);
      assertThat(announcer.status().nats().lastError()).contains(error);
      assertThat(announcer.status().nats().connected()).isFalse();
    }
    assertThat(meters.connections()).isEmpty();
  }
}
