package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.OpensslClient;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.TestCertificates;
import io.harborgateway.testkit.TestCertificates.KeyAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real openssl can agree on with the gateway, and what it can't. */
@Timeout(60)
class TlsPolicyIT {
  private static final String RSA_GUID = "11111111-2222-4333-8444-555555555555";
  private static final String RSA_NAME = RSA_GUID + ".registry.test";
  private static Origin origin;
  private static TestGateway gateway;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    origin = Origin.start(Behaviours.http(request -> Answer.of(200)));
    var certificates = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
    var yaml =
        new GatewayYaml(certificates)
            .instance(RSA_GUID, certificates.issue(KeyAlgorithm.RSA, RSA_NAME))
            .listener("https", "https", origin.address());
    gateway = TestGateway.start(folder, yaml.text());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    origin.close();
  }

  private static Command.Result connect(String name, String... options) {
    List<String> all = new ArrayList<>(List.of("-servername", name));
    all.addAll(List.of(options));
    return OpensslClient.run(gateway.address("https"), "", all.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "h2,http/1.0", "imap", "http/1.10"})
  void aClientThatDoesNotOfferOurProtocolIsToldSo(String offered) {
    for (String version : List.of("-tls1_2", "-tls1_3")) {
      var result = connect(RSA_NAME, version, "-alpn", offered);
      assertThat(result.exitCode()).isNotZero();
      assertThat(result.stderr()).contains("alert no application protocol");
    }
  }

  @Test
  void aClientThatOffersItOrNothingIsServed() {
    assertThat(connect(RSA_NAME, "-alpn", "h2,http/1.1").succeeded().stdout())
        .contains("ALPN protocol: http/1.1");
    assertThat(connect(RSA_NAME).succeeded().stdout()).contains("No ALPN negotiated");
  }

  /** The first two are gorouter's default for TLS 1.2. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-RSA-CHACHA20-POLY1305"
      })
  void suitesWithForwardSecrecyAndAeadAreThere(String suite) {
    assertThat(connect(RSA_NAME, "-tls1_2", "-cipher", suite).succeeded().stdout())
        .contains("Cipher is " + suite);
    String ecdsa = suite.replace("RSA", "ECDSA");
    assertThat(connect(GatewayYaml.NAME, "-tls1_2", "-cipher", ecdsa).succeeded().stdout())
        .contains("Cipher is " + ecdsa);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256"
      })
  void soAreThoseOfTls13(String suite) {
    assertThat(connect(RSA_NAME, "-tls1_3", "-ciphersuites", suite).succeeded().stdout())
        .contains("Cipher is " + suite);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"kRSA", "ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA", "kDHE", "aNULL:eNULL"})
  void otherSuitesAreNot(String suites) {
    var result = connect(RSA_NAME, "-tls1_2", "-cipher", suites + ":@SECLEVEL=0");
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.stderr()).contains("alert handshake failure");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1", "-tls1_1"})
  void olderVersionsAreNot(String version) {
    var result = connect(RSA_NAME, version, "-cipher", "ALL:@SECLEVEL=0");
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.stderr()).contains("alert protocol version");
  }
}
