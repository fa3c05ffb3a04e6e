package io.harborgateway.testkit;

import static io.harborgateway.testkit.RouterFixture.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which failures the router double answers by another attempt, and what it does to the endpoint.
 */
@Timeout(60)
final class GorouterRetryIT {
  private static final RouterRequest GET = RouterRequest.get(NAME, "/v2/");
  private static final RouterRequest POST = RouterRequest.post(NAME, "/v2/", new byte[100]);

  @TempDir Path folder;
  private RouterFixture fixture;

  @BeforeEach
  void starts() throws Exception {
    fixture = new RouterFixture(folder);
  }

  @AfterEach
  void closes() throws Exception {
    fixture.close();
  }

  /** What can become of a connection before a request is on it. */
  enum Broken {
    REFUSES(BackendFailure.DIAL),
    NOT_TLS(BackendFailure.NOT_TLS),
    HANDSHAKE_FAILURE(BackendFailure.HANDSHAKE_FAILURE),
    BAD_CERTIFICATE(BackendFailure.CERTIFICATE_ALERT),
    UNRECOGNIZED_NAME(BackendFailure.OTHER_ALERT),
    WRONG_NAME(BackendFailure.HOSTNAME_MISMATCH),
    UNTRUSTED(BackendFailure.UNTRUSTED_CERTIFICATE),
    RESETS(BackendFailure.RESET),
    CLOSES(BackendFailure.END_OF_FILE);

    private final BackendFailure failure;

    Broken(BackendFailure failure) {
      this.failure = failure;
    }

    Origin start(RouterFixture fixture, Path folder) throws Exception {
      return switch (this) {
        case REFUSES -> {
          Origin origin = Origin.start(Behaviours.silent());
          origin.stop();
          yield origin;
        }
        case NOT_TLS -> Origin.start(Behaviours.closeAfter("HTTP/1.1 400 Bad Request\r\n\r\n"));
        case HANDSHAKE_FAILURE -> alerting(40);
        case BAD_CERTIFICATE -> alerting(42);
        case UNRECOGNIZED_NAME -> alerting(112);
        case WRONG_NAME -> serving(fixture.certificates, "other.test");
        case UNTRUSTED ->
            serving(TestCertificates.in(Files.createDirectory(folder.resolve("others"))), NAME);
        case RESETS -> Origin.start(Behaviours.reset());
        case CLOSES -> Origin.start(Behaviours.closeBeforeFirstByte());
      };
    }

    /** Answers the ClientHello with a fatal alert. */
    private static Origin alerting(int description) {
      return Origin.start(
          Behaviours.closeAfter(new byte[] {21, 3, 3, 0, 2, 2, (byte) description}));
    }

    private static Origin serving(TestCertificates certificates, String name) {
      return Origin.startTls(
          certificates.presenting(certificates.issue(name)), Behaviours.acceptUploads());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPostThatIsNotOnItsWayYetIsTakenElsewhere(Broken broken) throws Exception {
    Origin bad = fixture.closing(broken.start(fixture, folder));
    Origin good = fixture.good();
    fixture.register(bad, good);

    RouterResponse response = fixture.requestFirstAt(bad, POST);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.attempts())
        .extracting(Attempt::failure)
        .containsExactly(broken.failure, null);
    assertThat(response.attempts().getFirst().headWritten()).isFalse();
    assertThat(response.attempts().getLast().address()).endsWith(":" + good.port());

    switch (broken.failure.mark()) {
      case PRUNED -> assertThat(fixture.router.endpoints(NAME)).hasSize(1);
      case FAILED -> {
        assertThat(fixture.router.endpoints(NAME)).hasSize(2);
        for (int i = 0; i < 4; i++) {
          assertThat(fixture.router.request(POST).isRetried()).isFalse();
        }
      }
      case NONE -> {
        assertThat(fixture.router.endpoints(NAME)).hasSize(2);
        assertThat(fixture.requestFirstAt(bad, POST).isRetried()).isTrue();
      }
    }
  }

  @Test
  void aPostThatMayHaveArrivedIsNotSentAgain() {
    Origin bad = fixture.tls(Behaviours.closeBeforeFirstByte());
    fixture.register(bad, fixture.good());

    RouterResponse response = fixture.requestFirstAt(bad, POST);
    assertThat(response.status()).isEqualTo(502);
    assertThat(response.isOfRouter()).isTrue();
    assertThat(response.attempts())
        .singleElement()
        .satisfies(attempt -> {
          assertThat(attempt.failure()).isEqualTo(BackendFailure.END_OF_FILE);
          assertThat(attempt.failedInFlight()).isTrue();
        });
    assertThat(fixture.router.endpoints(NAME)).hasSize(2);

    var withKey = POST.field("Idempotency-Key", "1");
    assertThat(fixture.requestFirstAt(bad, withKey).status()).isEqualTo(502);
  }

  @Test
  void aReplayableRequestIsSentAgainAfterAnEnd() {
    Origin bad = fixture.tls(Behaviours.closeBeforeFirstByte());
    fixture.register(bad, fixture.good());

    RouterResponse response = fixture.requestFirstAt(bad, GET);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.attempts())
        .extracting(Attempt::failure)
        .containsExactly(BackendFailure.END_OF_FILE, null);

    var withKey = RouterRequest.of("POST", NAME, "/").field("Idempotency-Key", "1");
    assertThat(fixture.requestFirstAt(bad, withKey).status()).isEqualTo(200);
    var withoutKey = RouterRequest.of("POST", NAME, "/");
    assertThat(fixture.requestFirstAt(bad, withoutKey).status()).isEqualTo(502);
  }

  @Test
  void theOnlyEndpointIsTriedOnce() {
    fixture.register(fixture.tls(Behaviours.closeBeforeFirstByte()));

    RouterResponse response = fixture.router.request(GET);
    assertThat(response.status()).isEqualTo(502);
    assertThat(response.attempts()).hasSize(1);
  }

  @Test
  void aResetInPlaceOfAResponseIsFinal() {
    Origin bad = fixture.tls(Behaviours.reset());
    fixture.register(bad, fixture.good());

    RouterResponse response = fixture.requestFirstAt(bad, GET);
    assertThat(response.status()).isEqualTo(502);
    assertThat(response.attempts())
        .extracting(Attempt::failure)
        .containsExactly(BackendFailure.RESET);
    for (int i = 0; i < 4; i++) {
      assertThat(fixture.router.request(GET).status()).isEqualTo(200); // passed over for a while
    }
  }

  @Test
  void aResponseThatIsCutIsTold() {
    fixture.register(
        fixture.tls(Behaviours.closeAfter("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")));

    RouterResponse response = fixture.router.request(GET);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.isCut()).isTrue();
    assertThat(response.isOfRouter()).isFalse();
  }

  @Test
  void aMalformedResponseIs502() {
    fixture.register(fixture.tls(Behaviours.closeAfter("nonsense\r\n\r\n")));

    RouterResponse response = fixture.router.request(GET);
    assertThat(response.status()).isEqualTo(502);
    assertThat(response.attempts())
        .extracting(Attempt::failure)
        .containsExactly(BackendFailure.OTHER);
  }
}
