package io.harborgateway.certs;

import static io.harborgateway.certs.TestCertificates.DAYS_30;
import static io.harborgateway.certs.TestCertificates.NAME;
import static io.harborgateway.certs.TestCertificates.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {
  @TempDir Path folder;

  @Test
  void issuesWhatWasAskedFor() throws Exception {
    CertificateAuthority authority = TestCertificates.authority();
    InstanceCertificate issued =
        authority.issue(
            new IssueRequest(
                List.of(DnsName.parse(NAME), DnsName.parse("*.Extra.example.com")),
                List.of(InetAddress.ofLiteral("10.0.0.1"), InetAddress.ofLiteral("fd00::1")),
                KeyType.RSA_2048,
                NOW,
                DAYS_30));
    X509Certificate leaf = issued.leaf();
    assertThat(issued.chain()).hasSize(1);
    assertThat(issued.names()).containsExactly(NAME, "*.extra.example.com");
    assertThat(issued.details().ipAddresses()).containsExactly("10.0.0.1", "fd00:0:0:0:0:0:0:1");
    assertThat(issued.keyType()).isEqualTo(KeyType.RSA_2048);
    assertThat(issued.notBefore()).isEqualTo(NOW.minus(Duration.ofMinutes(5)));
    assertThat(issued.notAfter()).isEqualTo(NOW.plus(DAYS_30));
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getExtensionValue("2.5.29.14")).as("SKI").isNotNull();
    assertThat(leaf.getExtensionValue("2.5.29.35")).as("AKI").isNotNull();
    leaf.verify(authority.certificate().getPublicKey());
  }

  @Test
  void serialsAreRandomPositiveAndWide() throws Exception {
    CertificateAuthority authority = TestCertificates.authority();
    var first = TestCertificates.instance(authority, DAYS_30, NAME).leaf().getSerialNumber();
    var second = TestCertificates.instance(authority, DAYS_30, NAME).leaf().getSerialNumber();
    assertThat(first).isPositive().isNotEqualTo(second);
  }

  @Test
  void aNameTooLongForTheCommonNameIsASanOnly() throws Exception {
    String longName = "a".repeat(60) + ".example.com";
    InstanceCertificate issued = TestCertificates.instance(longName);
    assertThat(issued.covers(longName)).isTrue();
    assertThat(issued.subject()).isEqualTo("CN=harbor instance");
  }

  @Test
  void nameOfTheAuthorityIsNoSyntax() throws Exception {
    CertificateAuthority authority =
        CertificateAuthority.create("a,O=b+CN=\"c\"", KeyType.RSA_2048, NOW, DAYS_30);
    X509Certificate certificate = authority.certificate();
    assertThat(CertificateDetails.subject(certificate)).isEqualTo("CN=a\\,O\\=b\\+CN\\=\\\"c\\\"");
    assertThat(TestCertificates.instance(authority, DAYS_30, NAME).issuer())
        .isEqualTo(CertificateDetails.subject(certificate));
    assertThat(certificate.getBasicConstraints()).isZero();
  }

  @Test
  void refusesNamesAndTimesOutOfRange() throws Exception {
    CertificateAuthority authority = TestCertificates.authority();
    assertThatThrownBy(() -> TestCertificates.instance(authority, Duration.ofDays(3651), NAME))
        .isInstanceOf(CertificateProblem.class)
        .hasMessage(
            "validity until 2036-05-30T12:00:00Z"
                + " (expected: not after the CA's end, 2036-05-29T12:00:00Z)");
    assertThatThrownBy(() -> CertificateAuthority.create(" ", KeyType.EC_P256, NOW, DAYS_30))
        .hasMessage("CA name \" \" (expected: 1 to 64 characters)");
    assertThatThrownBy(() -> CertificateAuthority.create("a", KeyType.EC_P256, NOW, Duration.ZERO))
        .hasMessage("CA validity PT0S (expected: > 0)");
    assertThatThrownBy(() -> IssueRequest.forNames(List.of(), NOW, DAYS_30))
        .hasMessage("names: none (expected: at least one)");
    assertThatThrownBy(() -> IssueRequest.forNames(List.of(NAME), NOW, Duration.ZERO))
        .hasMessage("validity: PT0S (expected: > 0)");
  }

  @Test
  void isTheSameAfterWritingAndLoading() throws Exception {
    CertificateAuthority authority = TestCertificates.authority();
    Path certificate = folder.resolve("ca.crt");
    Path key = folder.resolve("ca.key");
    authority.write(certificate, key, OverwriteMode.REFUSE);
    CertificateAuthority loaded = CertificateAuthority.load(certificate, key, null);
    assertThat(loaded.certificate()).isEqualTo(authority.certificate());
    TestCertificates.instance(loaded, DAYS_30, NAME)
        .leaf()
        .verify(authority.certificate().getPublicKey());
  }

  @Test
  void anIntermediateAuthorityPutsItselfIntoTheChainAndLeavesTheRootOut() throws Exception {
    var root = TestCertificates.root("CN=root");
    var intermediate = TestCertificates.below(root, "CN=middle", TestCertificates.ca());
    Path certificates = folder.resolve("ca.crt");
    Path key = folder.resolve("ca.key");
    Files.writeString(
        certificates, Pem.text(List.of(intermediate.certificate(), root.certificate())));
    Files.writeString(key, Pem.text(intermediate.pair().getPrivate()));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));

    InstanceCertificate issued =
        TestCertificates.instance(
            CertificateAuthority.load(certificates, key, null), Duration.ofDays(1), NAME);
    assertThat(issued.chain()).containsExactly(issued.leaf(), intermediate.certificate());
    assertThat(new CertificateCheck(List.of(NAME), NOW).problems(issued)).isEmpty();
  }

  @Test
  void refusesToLoadWhatCannotIssue() throws Exception {
    InstanceCertificate leaf = TestCertificates.instance(NAME);
    Path certificate = folder.resolve("x.crt");
    Path key = folder.resolve("x.key");
    leaf.write(certificate, key, OverwriteMode.REFUSE);
    assertThatThrownBy(() -> CertificateAuthority.load(certificate, key, null))
        .isInstanceOf(CertificateProblem.class)
        .hasMessageEndingWith("may not sign certificates (expected: a CA with keyCertSign)");

    Path caCertificate = folder.resolve("ca.crt");
    TestCertificates.authority()
        .write(caCertificate, folder.resolve("ca.key"), OverwriteMode.REFUSE);
    assertThatThrownBy(() -> CertificateAuthority.load(caCertificate, key, null))
        .hasMessage(key + ": key of another certificate (expected: the key of CN=test CA)");
  }

  @Test
  void serialsHaveTwentyOctetsAndAreNeverNegative() {
    for (int i = 0; i < 1_000; i++) {
      byte[] octets = CertificateTemplate.serial().toByteArray();
      assertThat(octets).hasSize(20);
      assertThat(octets[0]).isPositive();
    }
  }
}
