package io.harborgateway.certs;

import static io.harborgateway.certs.TestCertificates.DAYS_30;
import static io.harborgateway.certs.TestCertificates.NAME;
import static io.harborgateway.certs.TestCertificates.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.certs.Finding.Kind;
import io.harborgateway.certs.TestCertificates.Ext;
import io.harborgateway.certs.TestCertificates.Signed;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

class CertificateCheckTest {
  private static final Ext SAN =
      new Ext(
          Extension.subjectAlternativeName,
          new GeneralNames(new GeneralName(GeneralName.dNSName, NAME)));

  @Test
  void findsTheKeyOfAnotherCertificate() throws Exception {
    InstanceCertificate certificate = TestCertificates.instance(NAME);
    for (KeyType other : List.of(KeyType.EC_P256, KeyType.RSA_2048, new KeyType("EC", 384))) {
      KeyPair pair = other.generate();
      InstanceCertificate mixed = InstanceCertificate.of(certificate.chain(), pair.getPrivate());
      assertThat(kinds(mixed, NOW)).as("%s", other).containsExactly(Kind.KEY_MISMATCH);
    }
  }

  @Test
  void findsEveryNameThatIsNotCovered() throws Exception {
    InstanceCertificate certificate = TestCertificates.instance(NAME);
    var check = new CertificateCheck(List.of("a.example.com", NAME, "b.example.com"), NOW);
    assertThat(check.problems(certificate))
        .extracting(Finding::message)
        .containsExactly(
            "CN=%1$s has the names: %1$s (expected: also a.example.com)".formatted(NAME),
            "CN=%1$s has the names: %1$s (expected: also b.example.com)".formatted(NAME));
  }

  @Test
  void wantsAtLeastOneName() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    InstanceCertificate nameless = chained(TestCertificates.below(root, "CN=" + NAME));
    assertThat(kinds(nameless, NOW)).containsExactly(Kind.NAME_NOT_COVERED);
    assertThat(new CertificateCheck(List.of(), NOW).problems(nameless))
        .extracting(Finding::message)
        .containsExactly("CN=%s has no dNSName (expected: at least one)".formatted(NAME));
  }

  @Test
  void judgesTheValidityToTheSecondAndByTheGuard() throws Exception {
    InstanceCertificate certificate = TestCertificates.instance(NAME);
    Instant start = NOW.minus(CertificateAuthority.BACKDATING);
    Instant end = NOW.plus(DAYS_30);
    assertThat(kinds(certificate, start.minusSeconds(1))).containsExactly(Kind.NOT_YET_VALID);
    assertThat(kinds(certificate, start)).isEmpty();
    assertThat(kinds(certificate, end.minus(Duration.ofMinutes(5)))).isEmpty();
    assertThat(kinds(certificate, end.minus(Duration.ofMinutes(5)).plusSeconds(1)))
        .containsExactly(Kind.EXPIRES_SOON);
    assertThat(kinds(certificate, end)).containsExactly(Kind.EXPIRES_SOON);
    assertThat(kinds(certificate, end.plusSeconds(1))).containsExactly(Kind.EXPIRED);
    assertThat(new CertificateCheck(List.of(NAME), end, Duration.ZERO).problems(certificate))
        .isEmpty();
    assertThatThrownBy(() -> new CertificateCheck(List.of(), NOW, Duration.ofSeconds(-1)))
        .hasMessage("guard: PT-1S (expected: >= 0)");
  }

  @Test
  void namesTheRightOrderOfAChainAndJudgesByIt() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    Signed intermediate = TestCertificates.below(root, "CN=middle", TestCertificates.ca());
    Signed leaf = TestCertificates.below(intermediate, "CN=leaf", SAN);
    assertThat(kinds(chained(leaf, intermediate, root), NOW)).isEmpty();
    assertThat(kinds(chained(leaf, intermediate), NOW)).isEmpty();

    InstanceCertificate reversed =
        InstanceCertificate.of(
            List.of(root.certificate(), intermediate.certificate(), leaf.certificate()),
            leaf.pair().getPrivate());
    assertThat(new CertificateCheck(List.of(NAME), NOW).problems(reversed))
        .containsExactly(
            new Finding(
                Kind.CHAIN_OUT_OF_ORDER,
                "chain in the order CN=root → CN=middle → CN=leaf"
                    + " (expected: CN=leaf → CN=middle → CN=root)"));
  }

  @Test
  void findsABrokenChain() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    Signed namesake = TestCertificates.root("CN=root");
    Signed noCa = TestCertificates.below(root, "CN=no CA");
    Signed leaf = TestCertificates.below(root, "CN=leaf", SAN);
    Signed belowNoCa = TestCertificates.below(noCa, "CN=leaf", SAN);
    assertThat(kinds(chained(leaf, namesake), NOW)).containsExactly(Kind.CHAIN_BROKEN);
    assertThat(kinds(chained(leaf, noCa), NOW)).containsExactly(Kind.CHAIN_BROKEN);
    assertThat(kinds(chained(leaf, leaf), NOW)).containsExactly(Kind.CHAIN_BROKEN);
    assertThat(kinds(chained(belowNoCa, noCa, root), NOW)).containsExactly(Kind.CHAIN_BROKEN);
  }

  @Test
  void anExpiredIntermediateCountsLikeAnExpiredLeaf() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    Signed leaf = TestCertificates.below(root, "CN=leaf", SAN);
    assertThat(kinds(chained(leaf, root), NOW.plus(DAYS_30).plusSeconds(1)))
        .containsExactly(Kind.EXPIRED, Kind.EXPIRED);
  }

  @Test
  void wantsALeafThatMayServe() throws Exception {
    assertThat(kinds(usage(KeyPurposeId.id_kp_clientAuth), NOW))
        .containsExactly(Kind.NOT_A_SERVER_CERTIFICATE);
    assertThat(kinds(usage(KeyPurposeId.id_kp_serverAuth), NOW)).isEmpty();
    assertThat(kinds(usage(KeyPurposeId.anyExtendedKeyUsage), NOW)).isEmpty();

    Signed root = TestCertificates.root("CN=root");
    Ext noSignature = new Ext(Extension.keyUsage, new KeyUsage(KeyUsage.keyAgreement));
    assertThat(kinds(chained(TestCertificates.below(root, "CN=leaf", SAN, noSignature)), NOW))
        .containsExactly(Kind.NOT_A_SERVER_CERTIFICATE);
  }

  @Test
  void reportsAllProblemsAtOnce() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    Signed leaf =
        TestCertificates.below(
            root,
            "CN=leaf",
            new Ext(
                Extension.extendedKeyUsage, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth)));
    InstanceCertificate bad =
        InstanceCertificate.of(
            List.of(leaf.certificate(), TestCertificates.root("CN=x").certificate()),
            root.pair().getPrivate());
    assertThat(kinds(bad, NOW.plus(Duration.ofDays(365))))
        .containsExactly(
            Kind.CHAIN_BROKEN,
            Kind.KEY_MISMATCH,
            Kind.NAME_NOT_COVERED,
            Kind.EXPIRED,
            Kind.EXPIRED,
            Kind.NOT_A_SERVER_CERTIFICATE);
  }

  @Test
  void ecdsaIsAHintAndRsaNone() throws Exception {
    InstanceCertificate ec = TestCertificates.instance(NAME);
    InstanceCertificate rsa =
        TestCertificates.authority().issue(IssueRequest.forNames(List.of(NAME), NOW, DAYS_30));
    var check = new CertificateCheck(List.of(NAME), NOW);
    assertThat(check.problems(ec)).isEmpty();
    assertThat(check.hints(ec)).extracting(Finding::kind).containsExactly(Kind.NOT_FOR_RSA_SUITES);
    assertThat(check.problems(rsa)).isEmpty();
    assertThat(check.hints(rsa)).isEmpty();
  }

  private static InstanceCertificate usage(KeyPurposeId purpose) throws Exception {
    Ext usage = new Ext(Extension.extendedKeyUsage, new ExtendedKeyUsage(purpose));
    return chained(TestCertificates.below(TestCertificates.root("CN=root"), "CN=leaf", SAN, usage));
  }

  private static InstanceCertificate chained(Signed leaf, Signed... issuers) throws Exception {
    var chain = new ArrayList<>(List.of(leaf.certificate()));
    for (Signed issuer : issuers) {
      chain.add(issuer.certificate());
    }
    return InstanceCertificate.of(chain, leaf.pair().getPrivate());
  }

  private static List<Kind> kinds(InstanceCertificate certificate, Instant at) {
    return new CertificateCheck(List.of(NAME), at)
        .problems(certificate).stream().map(Finding::kind).toList();
  }
}
