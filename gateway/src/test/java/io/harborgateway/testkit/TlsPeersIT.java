package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.TestCertificates.KeyAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates, curl, openssl, and the TLS of the raw client and of the origin. */
@Timeout(60)
class TlsPeersIT {
  @TempDir Path folder;

  private Origin start(TestCertificates certificates, KeyAlgorithm algorithm) {
    var identity = certificates.issue(algorithm, "a.test", "b.test");
    return Origin.startTls(
        certificates.presenting(identity),
        Behaviours.http(request -> Answer.of(200).text("secured " + request.target())));
  }

  @ParameterizedTest
  @CsvSource({"EC, TLSv1.2", "EC, TLSv1.3", "RSA, TLSv1.2", "RSA, TLSv1.3"})
  void rawClientAndOriginSpeakTls(KeyAlgorithm algorithm, String version) throws IOException {
    var certificates = TestCertificates.in(folder);
    var tls = RawClient.Tls.of(certificates.trusting()).serverName("b.test").protocols(version);
    try (var origin = start(certificates, algorithm);
        var client = RawClient.connect(origin.address(), tls)) {
      client.send("GET /x HTTP/1.1\r\nHost: b.test\r\nConnection: close\r\n\r\n");
      assertThat(client.readResponse().body().text()).isEqualTo("secured /x");
      client.expectEnd();
      assertThat(client.session().getProtocol()).isEqualTo(version);
      var certificate = (X509Certificate) client.session().getPeerCertificates()[0];
      assertThat(certificate.getPublicKey().getAlgorithm()).isEqualTo(algorithm.name());
    }
  }

  @Test
  void rawClientDemandsTheNameItAskedFor() throws IOException {
    var certificates = TestCertificates.in(folder);
    try (var origin = start(certificates, KeyAlgorithm.EC)) {
      var tls = RawClient.Tls.of(certificates.trusting()).serverName("c.test");
      assertThatThrownBy(() -> RawClient.connect(origin.address(), tls))
          .isInstanceOf(SSLException.class);
      try (var client = RawClient.connect(origin.address(), tls.anyName())) {
        assertThat(client.session().isValid()).isTrue();
      }
      var others = TestCertificates.in(Files.createDirectory(folder.resolve("others")));
      assertThatThrownBy(
              () -> RawClient.connect(origin.address(), RawClient.Tls.of(others.trusting())))
          .isInstanceOf(SSLException.class);
    }
  }

  @Test
  void aResetIsNoCloseNotify() throws IOException {
    var certificates = TestCertificates.in(folder);
    try (var origin = start(certificates, KeyAlgorithm.EC)) {
      var tls = RawClient.Tls.of(certificates.trusting()).serverName("a.test");
      origin.behave(Behaviours.reset());
      try (var client = RawClient.connect(origin.address(), tls)) {
        client.send("x").expectReset();
      }
      origin.behave(Behaviours.echoBytes());
      try (var client = RawClient.connect(origin.address(), tls)) {
        client.send("abc").shutdownOutput();
        assertThat(client.readToEnd()).isEqualTo("abc" + Behaviours.ECHO_END);
      }
    }
  }

  @Test
  void curlRunsWithItsArguments() {
    var certificates = TestCertificates.in(folder);
    try (var origin = start(certificates, KeyAlgorithm.RSA)) {
      String resolve = "a.test:" + origin.port() + ":127.0.0.1";
      String url = "https://a.test:" + origin.port() + "/curl";
      String ca = certificates.ca().toString();
      var trusted = Curl.run("--cacert", ca, "--resolve", resolve, url).succeeded();
      assertThat(trusted.stdout()).isEqualTo("secured /curl");

      var untrusted = Curl.run("--resolve", resolve, url);
      assertThat(untrusted.exitCode()).isEqualTo(60);
      assertThat(untrusted.stderr()).contains("certificate");
    }
  }

  @Test
  void opensslShowsHandshakeAndAnswer() {
    var certificates = TestCertificates.in(folder);
    try (var origin = start(certificates, KeyAlgorithm.EC)) {
      var result =
          OpensslClient.run(
                  origin.address(),
                  "GET /openssl HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n",
                  "-servername",
                  "a.test",
                  "-CAfile",
                  certificates.ca().toString(),
                  "-verify_return_error")
              .succeeded();
      assertThat(result.stdout()).contains("Verification: OK", "secured /openssl");

      var handshakeOnly = OpensslClient.run(origin.address(), "", "-tls1_1");
      assertThat(handshakeOnly.exitCode()).isNotZero();
    }
  }
}
