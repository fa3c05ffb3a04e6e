package io.harborgateway.certs;

import static io.harborgateway.certs.TestCertificates.NAME;
import static io.harborgateway.certs.TestCertificates.NOW;
import static io.harborgateway.certs.TestCertificates.ca;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.certs.Finding.Kind;
import io.harborgateway.certs.TestCertificates.Ext;
import io.harborgateway.certs.TestCertificates.Signed;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a chain allows its leaf, by the rules of Go's crypto/x509, which gorouter verifies with. */
class ChainChecksTest {
  private static final Ext SAN =
      new Ext(
          Extension.subjectAlternativeName,
          new GeneralNames(new GeneralName(GeneralName.dNSName, NAME)));

  private final CertificateCheck check = new CertificateCheck(List.of(NAME), NOW);

  private static InstanceCertificate chained(Signed... chain) throws CertificateProblem {
    return InstanceCertificate.of(
        Stream.of(chain).map(Signed::certificate).toList(), chain[0].pair().getPrivate());
  }

  private List<Kind> problems(InstanceCertificate certificate) {
    return check.problems(certificate).stream().map(Finding::kind).toList();
  }

  @Test
  void aCaIsNoLeaf() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    InstanceCertificate certificate =
        chained(TestCertificates.below(root, "CN=other CA", SAN, ca()), root);
    assertThat(check.problems(certificate))
        .containsExactly(
            new Finding(
                Kind.NOT_A_SERVER_CERTIFICATE,
                "CN=other CA is a CA (expected: a certificate that a CA has issued)"));
  }

  private static Ext usage(KeyPurposeId... purposes) {
    return new Ext(Extension.extendedKeyUsage, new ExtendedKeyUsage(purposes));
  }

  @Test
  void aCaForOtherEndsIssuesNoServerCertificates() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    for (KeyPurposeId purpose :
        List.of(
            KeyPurposeId.id_kp_serverAuth,
            KeyPurposeId.anyExtendedKeyUsage,
            KeyPurposeId.id_kp_clientAuth)) {
      Signed middle = TestCertificates.below(root, "CN=middle", ca(), usage(purpose));
      InstanceCertificate certificate =
          chained(TestCertificates.below(middle, "CN=leaf", SAN), middle);
      if (purpose.equals(KeyPurposeId.id_kp_clientAuth)) {
        assertThat(check.problems(certificate))
            .containsExactly(
                new Finding(
                    Kind.NOT_A_SERVER_CERTIFICATE,
                    "CN=middle has extended key usage [1.3.6.1.5.5.7.3.2] (expected: serverAuth)"));
      } else {
        assertThat(problems(certificate)).isEmpty();
      }
    }
  }

  /** A chain without its root: what its last certificate says counts as well. */
  @ParameterizedTest
  @CsvSource({
    "harbor.example.com, true",
    "example.com, true",
    "guid.harbor.example.com, true",
    "other.com, false",
    "x.guid.harbor.example.com, false"
  })
  void namesThatACaMayNotIssueFor(String permitted, boolean isPermitted) throws Exception {
    Signed root = TestCertificates.root("CN=root");
    var tree = new GeneralSubtree(new GeneralName(GeneralName.dNSName, permitted));
    Signed middle =
        TestCertificates.below(
            root,
            "CN=middle",
            ca(),
            new Ext(
                Extension.nameConstraints, new NameConstraints(new GeneralSubtree[] {tree}, null)));
    Signed leaf = TestCertificates.below(middle, "CN=leaf", SAN);
    List<Finding> found = check.problems(chained(leaf, middle));
    assertThat(check.problems(chained(leaf, middle, root))).isEqualTo(found);
    if (isPermitted) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found)
          .containsExactly(
              new Finding(
                  Kind.NAME_NOT_PERMITTED,
                  "CN=middle may not issue certificates with the names of CN=leaf (expected: names"
                      + " within its name constraints)"));
    }
  }

  @Test
  void namesThatAreExcluded() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    var tree = new GeneralSubtree(new GeneralName(GeneralName.dNSName, "harbor.example.com"));
    Signed middle =
        TestCertificates.below(
            root,
            "CN=middle",
            ca(),
            new Ext(
                Extension.nameConstraints, new NameConstraints(null, new GeneralSubtree[] {tree})));
    assertThat(problems(chained(TestCertificates.below(middle, "CN=leaf", SAN), middle)))
        .containsExactly(Kind.NAME_NOT_PERMITTED);
  }

  @Test
  void anIssuerThatIsNotSentButCouldBeFound() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    Signed middle = TestCertificates.below(root, "CN=middle", ca());
    var access =
        new AuthorityInformationAccess(
            AccessDescription.id_ad_caIssuers,
            new GeneralName(
                GeneralName.uniformResourceIdentifier, "http://ca.example.com/middle.crt"));
    Signed leaf =
        TestCertificates.below(
            middle, "CN=leaf", SAN, new Ext(Extension.authorityInfoAccess, access));

    assertThat(check.findings(CertificateSet.of(chained(leaf))))
        .filteredOn(finding -> finding.kind() == Kind.ISSUER_NOT_SENT)
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.kind().isHint()).isTrue();
          assertThat(finding.message())
              .isEqualTo(
                  "the chain ends with CN=leaf, without its issuer CN=middle, which is at"
                      + " http://ca.example.com/middle.crt (expected: the issuer, too, unless all"
                      + " clients have it)");
        });
    assertThat(check.hints(chained(leaf, middle)))
        .extracting(Finding::kind)
        .doesNotContain(Kind.ISSUER_NOT_SENT);
  }

  @Test
  void whatIsThereTwiceOrDoesNotBelongIsNotSent() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    Signed middle = TestCertificates.below(root, "CN=middle", ca());
    Signed leaf = TestCertificates.below(middle, "CN=leaf", SAN);
    Signed other = TestCertificates.below(root, "CN=other", ca());
    for (InstanceCertificate certificate :
        List.of(
            chained(leaf, leaf, middle, middle),
            chained(leaf, other, middle),
            chained(leaf, middle, other))) {
      assertThat(check.problems(certificate)).isEmpty();
      assertThat(certificate.served(NOW)).containsExactly(leaf.certificate(), middle.certificate());
      assertThat(check.hints(certificate))
          .extracting(Finding::kind)
          .containsAnyOf(Kind.CHAIN_OUT_OF_ORDER, Kind.SPARE_NOT_SENT);
    }
    // without any issuer it is more likely that the right one is missing
    assertThat(problems(chained(leaf, other))).containsExactly(Kind.CHAIN_BROKEN);
  }

  @Test
  void aSetNamesTheCertificateThatIsMeant() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    InstanceCertificate ec = chained(TestCertificates.below(root, "CN=other CA", SAN, ca()), root);
    InstanceCertificate rsa =
        TestCertificates.authority()
            .issue(IssueRequest.forNames(List.of(NAME), NOW, TestCertificates.DAYS_30));
    assertThat(check.findings(CertificateSet.of(rsa, ec)))
        .containsExactly(
            new Finding(
                Kind.NOT_A_SERVER_CERTIFICATE,
                "EC P-256 certificate: CN=other CA is a CA (expected: a certificate that a CA has"
                    + " issued)"));
  }
}
