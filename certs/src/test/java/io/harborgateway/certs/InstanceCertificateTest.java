package io.harborgateway.certs;

import static io.harborgateway.certs.TestCertificates.DAYS_30;
import static io.harborgateway.certs.TestCertificates.NAME;
import static io.harborgateway.certs.TestCertificates.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceCertificateTest {
  @TempDir Path folder;

  @Test
  void whatWasIssuedIsWrittenReadAndChecked() throws Exception {
    InstanceCertificate issued = TestCertificates.instance(NAME, "guid.extra.example.com");
    Path chain = folder.resolve("new/instance.crt");
    Path key = folder.resolve("new/instance.key");
    issued.write(chain, key, OverwriteMode.REFUSE);

    InstanceCertificate read = InstanceCertificate.load(chain, key);
    assertThat(read).isEqualTo(issued);
    assertThat(new CertificateCheck(List.of(NAME, "guid.extra.example.com"), NOW).problems(read))
        .isEmpty();
    assertThat(modeOf(key)).isEqualTo("rw-------");
    try (var files = Files.list(folder.resolve("new"))) {
      assertThat(files).containsExactlyInAnyOrder(chain, key);
    }
  }

  @Test
  void refusesToOverwriteEitherFileUnlessAsked() throws Exception {
    InstanceCertificate first = TestCertificates.instance(NAME);
    InstanceCertificate second = TestCertificates.instance(NAME);
    Path chain = folder.resolve("a.crt");
    Path key = folder.resolve("a.key");
    Files.writeString(chain, "precious");

    assertThatThrownBy(() -> first.write(chain, key, OverwriteMode.REFUSE))
        .isInstanceOf(CertificateProblem.class)
        .hasMessageStartingWith(chain + ": is already there (expected: ");
    assertThat(chain).hasContent("precious");
    assertThat(key).doesNotExist();

    first.write(chain, key, OverwriteMode.REPLACE);
    second.write(chain, key, OverwriteMode.REPLACE);
    assertThat(InstanceCertificate.load(chain, key)).isEqualTo(second);
    assertThat(modeOf(key)).isEqualTo("rw-------");
  }

  @Test
  void aFileThatCannotBeWrittenIsAProblemAndLeavesNothing() throws Exception {
    InstanceCertificate certificate = TestCertificates.instance(NAME);
    Path notADirectory = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() ->
            certificate.write(
                notADirectory.resolve("a.crt"),
                notADirectory.resolve("a.key"),
                OverwriteMode.REPLACE))
        .isInstanceOf(CertificateProblem.class)
        .hasMessageContaining("cannot be written");
    Path one = folder.resolve("one.pem");
    assertThatThrownBy(() -> certificate.write(one, one, OverwriteMode.REPLACE))
        .hasMessage(one + ": one file for chain and key (expected: two)");
    assertThat(one).doesNotExist();
  }

  @Test
  void coversExactNamesAndOneLabelBelowAWildcard() throws Exception {
    InstanceCertificate certificate = TestCertificates.instance(NAME, "*.wild.example.com");
    assertThat(certificate.names()).containsExactly(NAME, "*.wild.example.com");
    assertThat(certificate.covers("GUID.harbor.example.com.")).isTrue();
    assertThat(certificate.covers("a.wild.example.com")).isTrue();
    assertThat(certificate.covers("wild.example.com")).isFalse();
    assertThat(certificate.covers("a.b.wild.example.com")).isFalse();
  }

  @Test
  void neitherCommonNameNorPartialWildcardNorAddressCovers() throws Exception {
    var root = TestCertificates.root("CN=root");
    var names =
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.dNSName, "F*.example.com"),
              new GeneralName(GeneralName.dNSName, "*"),
              new GeneralName(GeneralName.iPAddress, "10.0.0.1")
            });
    var leaf =
        TestCertificates.below(
            root,
            "CN=cn.example.com",
            new TestCertificates.Ext(Extension.subjectAlternativeName, names));
    InstanceCertificate certificate =
        InstanceCertificate.of(List.of(leaf.certificate()), leaf.pair().getPrivate());
    assertThat(certificate.names()).containsExactly("f*.example.com", "*");
    assertThat(certificate.details().ipAddresses()).containsExactly("10.0.0.1");
    for (String host : List.of("cn.example.com", "foo.example.com", "localhost", "10.0.0.1", "")) {
      assertThat(certificate.covers(host)).as(host).isFalse();
    }
  }

  @Test
  void countsTheWholeDaysLeft() throws Exception {
    InstanceCertificate certificate = TestCertificates.instance(NAME);
    assertThat(certificate.notBefore()).isEqualTo(NOW.minus(CertificateAuthority.BACKDATING));
    assertThat(certificate.notAfter()).isEqualTo(NOW.plus(DAYS_30));
    assertThat(certificate.daysLeft(NOW)).isEqualTo(30);
    assertThat(certificate.daysLeft(NOW.plusSeconds(1))).isEqualTo(29);
    assertThat(certificate.daysLeft(NOW.plus(DAYS_30))).isZero();
    assertThat(certificate.daysLeft(NOW.plus(DAYS_30).plus(Duration.ofSeconds(1)))).isEqualTo(-1);
  }

  @Test
  void describesItselfWithoutItsKey() throws Exception {
    InstanceCertificate certificate = TestCertificates.instance(NAME);
    assertThat(certificate.subject()).isEqualTo("CN=" + NAME);
    assertThat(certificate.issuer()).isEqualTo("CN=test CA");
    assertThat(certificate.keyType()).hasToString("EC P-256");
    assertThat(certificate).hasToString("CN=" + NAME + " " + certificate.sha256Fingerprint());
    assertThatThrownBy(() -> InstanceCertificate.of(List.of(), certificate.key()))
        .hasMessage("empty chain (expected: at least the leaf)");
  }

  private static String modeOf(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
