package io.harborgateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.testkit.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateProofTest {
  private static final List<String> NAMES = List.of("a.test", "b.test");

  @TempDir Path folder;

  private static InstanceCertificate issued(KeyType type) throws Exception {
    Instant now = Instant.now();
    var request = IssueRequest.forNames(NAMES, now, Duration.ofDays(1));
    return CertificateAuthority.create("CA", KeyType.EC_P256, now, Duration.ofDays(2))
        .issue(new IssueRequest(request.names(), List.of(), type, now, Duration.ofDays(1)));
  }

  private static KeyType type(String text) throws Exception {
    String[] parts = text.split(":", -1);
    var generator = KeyPairGenerator.getInstance(parts[0]);
    if (parts[0].equals("EC")) {
      generator.initialize(new ECGenParameterSpec(parts[1]));
    } else if (parts.length > 1) {
      generator.initialize(Integer.parseInt(parts[1]));
    }
    return KeyType.of(generator.generateKeyPair().getPublic());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EC:secp256r1",
        "EC:secp384r1",
        "EC:secp521r1",
        "RSA:1024",
        "RSA:2047",
        "RSA:3072"
      })
  void aKeyThatWorksIsProven(String type) throws Exception {
    TlsContexts.prove(CertificateSet.of(issued(type(type))), NAMES, TlsSettings.INTERMEDIATE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ed25519", "Ed448"})
  void aKeyThatNoHandshakeWorksWithIsNot(String type) throws Exception {
    InstanceCertificate certificate = issued(type(type));
    assertThatThrownBy(() ->
            TlsContexts.prove(CertificateSet.of(certificate), NAMES, TlsSettings.INTERMEDIATE))
        .isInstanceOf(SSLException.class)
        .hasMessageStartingWith("no handshake of TLSv1.3 works with it: ");
  }

  @Test
  void theKeyOfAnotherCertificateIsNotProven() throws Exception {
    for (KeyType type : List.of(KeyType.EC_P256, KeyType.RSA_2048)) {
      var mixed = InstanceCertificate.of(issued(type).chain(), issued(type).key());
      assertThatThrownBy(
              () -> TlsContexts.prove(CertificateSet.of(mixed), NAMES, TlsSettings.INTERMEDIATE))
          .isInstanceOf(SSLException.class);
    }
  }

  @Test
  void everyNameIsDemanded() throws Exception {
    assertThatThrownBy(() ->
            TlsContexts.prove(
                CertificateSet.of(issued(KeyType.EC_P256)),
                List.of("a.test", "c.test"),
                TlsSettings.INTERMEDIATE))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("names that it does not cover: [c.test]");
  }

  /** Clients refuse it, and nothing but a whole verification finds it. */
  @Test
  void aChainWhoseIssuerMayNotSignForTheNameIsNotProven() throws Exception {
    var root = TestCertificates.in(Files.createDirectory(folder.resolve("root")));
    for (String permitted : List.of("a.test", "other.test")) {
      var authority =
          root.intermediate(
              Files.createDirectory(folder.resolve(permitted)),
              "basicConstraints = critical,CA:TRUE\nnameConstraints = critical,permitted;DNS:"
                  + permitted);
      var leaf = authority.issue("a.test");
      // The root is there for the intermediate one to be more than where trust begins.
      Path chain = folder.resolve(permitted + ".pem");
      Files.writeString(
          chain,
          Files.readString(leaf.certificate())
              + Files.readString(authority.ca())
              + Files.readString(root.ca()));
      var certificate = InstanceCertificate.load(chain, leaf.key());
      if (permitted.equals("a.test")) {
        TlsContexts.prove(
            CertificateSet.of(certificate), List.of("a.test"), TlsSettings.INTERMEDIATE);
      } else {
        assertThatThrownBy(() ->
                TlsContexts.prove(
                    CertificateSet.of(certificate), List.of("a.test"), TlsSettings.INTERMEDIATE))
            .isInstanceOf(SSLException.class)
            .hasMessageContaining("name constraints");
      }
    }
    assertThat(folder).isDirectoryContaining("glob:**/other.test.pem");
  }
}
