package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsReasonTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SSLV3_ALERT_HANDSHAKE_FAILURE | it sent the TLS alert handshake_failure: no cipher suite or"
            + " parameter in common, or it refuses all",
        "TLSV1_ALERT_PROTOCOL_VERSION | it sent the TLS alert protocol_version: it speaks neither TLS"
            + " 1.2 nor TLS 1.3",
        "TLSV1_ALERT_CERTIFICATE_REQUIRED | it sent the TLS alert certificate_required: it demands a"
            + " client certificate, and the gateway has none",
        "TLSV1_UNRECOGNIZED_NAME | it sent the TLS alert unrecognized_name: it does not know the"
            + " server name nginx",
        "TLSV1_ALERT_INTERNAL_ERROR | it sent the TLS alert internal_error",
        "WRONG_VERSION_NUMBER | no TLS is spoken on this port",
        "UNSUPPORTED_PROTOCOL | it speaks neither TLS 1.2 nor TLS 1.3 (UNSUPPORTED_PROTOCOL)",
        "DECRYPTION_FAILED_OR_BAD_RECORD_MAC | TLS handshake: decryption failed or bad record mac"
      })
  void anErrorOfBoringSslInWords(String name, String reason) {
    var failure = new SSLHandshakeException("error:1000042e:SSL routines:OPENSSL_internal:" + name);
    assertThat(TlsReason.of(failure, "nginx").text()).isEqualTo(reason);
    assertThat(
            TlsReason.of(new SSLException("General OpenSslEngine problem", failure), "nginx")
                .text())
        .as("as a cause")
        .isEqualTo(reason);
  }

  @Test
  void aServerThatTakesNoUnderscoreInItsName() {
    var failure =
        new SSLException("error:0:SSL routines:OPENSSL_internal:SSLV3_ALERT_ILLEGAL_PARAMETER");
    assertThat(TlsReason.of(failure, "harbor_nginx").text())
        .isEqualTo(
            "it sent the TLS alert illegal_parameter: it may reject the underscore in the server name"
                + " harbor_nginx");
  }

  @Test
  void whatIsWrongWithTheCertificateComesFirst() {
    var failure =
        new SSLHandshakeException("General OpenSslEngine problem")
            .initCause(new CertificateException("wrong name: a (expected: b)"));
    assertThat(TlsReason.of(failure, "b").text()).isEqualTo("wrong name: a (expected: b)");
  }

  @Test
  void aConnectionThatEndsInTheHandshake() {
    assertThat(TlsReason.of(new ClosedChannelException(), "nginx").text())
        .isEqualTo("it closed the connection in the TLS handshake");
    assertThat(
            TlsReason.of(
                    new IOException(
                        "recvAddress(..) failed with error(-104): Connection reset by peer"),
                    "nginx")
                .text())
        .isEqualTo("it reset the connection in the TLS handshake");
  }
}
