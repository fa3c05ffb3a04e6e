package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a handshake of the JDK's cannot be made to throw in {@link GorouterIT}. */
final class BackendFailureTest {
  private static Throwable handshake(Throwable cause) {
    return new SSLHandshakeException("(certificate_unknown) failed", cause);
  }

  @ParameterizedTest
  @CsvSource({
    "handshake_failure, HANDSHAKE_FAILURE",
    "bad_certificate, CERTIFICATE_ALERT",
    "unknown_ca, CERTIFICATE_ALERT",
    "certificate_required, CERTIFICATE_ALERT",
    "unrecognized_name, OTHER_ALERT",
    "internal_error, OTHER_ALERT",
  })
  void tellsAlerts(String alert, BackendFailure failure) {
    var thrown = new SSLHandshakeException("(" + alert + ") Received fatal alert: " + alert);
    assertThat(BackendFailure.of(thrown)).isEqualTo(failure);
    assertThat(BackendFailure.of(new SSLException("Connection has closed", thrown)))
        .isEqualTo(failure);
  }

  @Test
  void tellsCertificates() {
    var expired =
        new CertificateException(
            "PKIX path validation failed",
            new CertPathValidatorException(
                "validity check failed", new CertificateExpiredException()));
    assertThat(BackendFailure.of(handshake(expired))).isEqualTo(BackendFailure.EXPIRED_CERTIFICATE);
    var untrusted =
        new CertificateException("PKIX path validation failed", new CertPathValidatorException());
    assertThat(BackendFailure.of(handshake(untrusted)))
        .isEqualTo(BackendFailure.UNTRUSTED_CERTIFICATE);
    assertThat(BackendFailure.of(handshake(new CertificateException("No name matching"))))
        .isEqualTo(BackendFailure.HOSTNAME_MISMATCH);
  }

  @Test
  void tellsConnections() {
    assertThat(BackendFailure.of(new SocketTimeoutException("Read timed out")))
        .isEqualTo(BackendFailure.HANDSHAKE_TIMEOUT);
    assertThat(BackendFailure.of(handshake(new EOFException())))
        .isEqualTo(BackendFailure.END_OF_FILE);
    assertThat(BackendFailure.of(new SocketException("Connection reset")))
        .isEqualTo(BackendFailure.RESET);
    assertThat(BackendFailure.of(new SocketException("Connection reset by peer")))
        .isEqualTo(BackendFailure.OTHER);
    assertThat(BackendFailure.of(new SocketException("Broken pipe")))
        .isEqualTo(BackendFailure.OTHER);
  }
}
