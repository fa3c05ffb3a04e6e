package io.harborgateway.issue.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.AcmeConfig;
import io.harborgateway.config.values.AcmeChallenge;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.config.values.KeyAlgorithm;
import io.harborgateway.issue.Challenges;
import io.harborgateway.issue.Issuer.PutOffException;
import io.harborgateway.issue.Issuer.UnusableException;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an ACME server can refuse before there is an order. */
class AcmeIssuerTest {
  private static final InstanceGuid GUID = InstanceGuid.of("00000000-0000-4000-8000-000000000001");
  private static final Challenges NONE =
      new Challenges() {
        @Override
        public Shown answer(String token, String content) {
          throw new AssertionError("no challenge");
        }

        @Override
        public Shown present(String name, InstanceCertificate certificate) {
          throw new AssertionError("no challenge");
        }
      };

  @TempDir private Path folder;
  private TestCertificates certificates;
  private AcmeStub server;
  private Path ca;
  private Path key;

  @BeforeEach
  void start() throws IOException {
    certificates = TestCertificates.in(folder);
    ca = certificates.ca();
    key = folder.resolve("account.key");
    server = AcmeStub.start(certificates);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private AcmeIssuer issuer(@Nullable Path trusted) {
    return new AcmeIssuer(
        new AcmeConfig(
            server.url(),
            trusted,
            null,
            true,
            key,
            null,
            folder.resolve("issued"),
            KeyAlgorithm.ECDSA,
            null,
            null),
        AcmeChallenge.HTTP_01);
  }

  private void renew(AcmeIssuer issuer) throws Exception {
    issuer.renew(GUID, List.of("harbor.example.test"), Instant.now(), NONE);
  }

  private PutOffException putOff() {
    return catchThrowableOfType(PutOffException.class, () -> renew(issuer(ca)));
  }

  private void refuse(int status, String type, String detail, String... fields) {
    server.status = status;
    server.problem =
        "{\"type\": \"urn:ietf:params:acme:error:%s\", \"detail\": \"%s\"}".formatted(type, detail);
    server.fields = List.of(fields);
  }

  @Test
  void aRateLimitSaysUntilWhen() {
    refuse(429, "rateLimited", "too many certificates", "Retry-After: 3600");
    PutOffException e = putOff();
    assertThat(e).hasMessage("localhost: rate limit: too many certificates");
    assertThat(Duration.between(Instant.now(), e.notBefore()))
        .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
  }

  @Test
  void termsThatHaveChangedAreNamed() {
    refuse(
        403,
        "userActionRequired",
        "the terms of service have changed",
        "Link: <https://ca.test/terms/2>;rel=\"terms-of-service\"");
    PutOffException e = putOff();
    assertThat(e)
        .hasMessage("localhost: the terms of service have changed, see https://ca.test/terms/2");
    assertThat(e.notBefore()).isNull();
  }

  @Test
  void aNonceThatIsAlwaysBadIsGivenUp() {
    refuse(400, "badNonce", "no");
    assertThat(putOff()).hasMessageContaining("badNonce");
    assertThat(server.asked).filteredOn("/account"::equals).hasSize(10);
  }

  @Test
  void anAnswerWithoutSenseIsPutOff() {
    server.directory = "{\"newNonce\": 7";
    assertThat(putOff()).hasMessageStartingWith("localhost: ");
    server.directory = "{}";
    assertThat(putOff()).hasMessageStartingWith("localhost: ");
  }

  @Test
  void nothingIsSentInTheClear() {
    server.scheme = "http";
    assertThat(catchThrowableOfType(UnusableException.class, () -> renew(issuer(ca))))
        .hasMessageContaining("http://localhost")
        .hasMessageContaining("expected: https");
    assertThat(server.asked).containsExactly("/directory");
  }

  @Test
  void aServerOfAnotherCaIsNotTrusted() {
    assertThat(catchThrowableOfType(UnusableException.class, () -> renew(issuer(null))))
        .hasMessageStartingWith("localhost: SSLHandshakeException");
    assertThat(server.asked).isEmpty();
  }

  @Test
  void anOrderGoesOnWhenTheServerIsBack() {
    server.problem = "{\"status\": \"valid\"}";
    server.fields = List.of("Location: " + server.url());
    AcmeIssuer issuer = issuer(ca);
    for (int i = 0; i < 2; i++) {
      assertThat(catchThrowableOfType(UnusableException.class, () -> renew(issuer))).isNotNull();
    }
    assertThat(server.asked).filteredOn("/order"::equals).hasSize(1);
    assertThat(server.asked).filteredOn("/authorization"::equals).hasSize(2);
  }

  @Test
  void theAccountKeyIsMadeOnceAndNeverReplaced() throws Exception {
    refuse(400, "malformed", "no");
    putOff();
    String made = Files.readString(key);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    putOff();
    assertThat(Files.readString(key)).isEqualTo(made);
    Files.writeString(key, "half a key");
    assertThat(catchThrowableOfType(UnusableException.class, () -> renew(issuer(ca))))
        .hasMessageContaining(key.toString());
    assertThat(Files.readString(key)).isEqualTo("half a key");
  }

  @Test
  void whatIsClosedIsGivenUp() throws Exception {
    AcmeIssuer issuer = issuer(ca);
    issuer.close();
    assertThat(catchThrowableOfType(UnusableException.class, () -> renew(issuer))).isNotNull();
    assertThat(server.asked).isEmpty();
  }

  private void takeAccounts() {
    server.problem = "{\"status\": \"valid\"}";
    server.fields = List.of("Location: " + server.url());
  }

  @Test
  void nothingIsOrderedThatCouldNotBeStored() throws Exception {
    Files.writeString(folder.resolve("issued"), "not a folder");
    takeAccounts();
    assertThat(catchThrowableOfType(UnusableException.class, () -> renew(issuer(ca))))
        .hasMessageContaining(folder.resolve("issued") + ": cannot be written");
    assertThat(server.asked).isEmpty();
  }

  @Test
  void aKeyThatCannotBeUsedIsToldBeforeAnythingIsOrdered() throws Exception {
    assertThatNoException().isThrownBy(() -> issuer(ca).authority());
    assertThat(key).doesNotExist();
    Files.writeString(key, "half a key");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    assertThat(catchThrowableOfType(UnusableException.class, () -> issuer(ca).authority()))
        .hasMessageContaining(key + ": no private key");
  }

  @Test
  void anOrderIsGivenUpWhoseCertificateIsNotTaken() throws Exception {
    takeAccounts();
    server.order = "valid";
    server.certificate = Files.readString(certificates.issue("other.test").certificate());
    AcmeIssuer issuer = issuer(ca);
    for (int i = 0; i < 2; i++) {
      assertThat(catchThrowableOfType(CertificateProblem.class, () -> renew(issuer))).isNotNull();
    }
    assertThat(server.asked).filteredOn("/order"::equals).hasSize(2);
  }

  @Test
  void aServerThatSpeaksOfADayIsAskedSooner() {
    takeAccounts();
    server.authorizations.addAll(List.of("pending", "pending", "invalid", "invalid"));
    PutOffException e =
        catchThrowableOfType(
            PutOffException.class,
            () ->
                issuer(ca).renew(GUID, List.of("harbor.example.test"), Instant.now(), answering()));
    assertThat(e).hasMessageContaining("harbor.example.test: not verified");
    assertThat(e.notBefore()).isNull();
  }

  private static Challenges answering() {
    return new Challenges() {
      @Override
      public Shown answer(String token, String content) {
        return () -> {};
      }

      @Override
      public Shown present(String name, InstanceCertificate certificate) {
        throw new AssertionError("another challenge");
      }
    };
  }
}
