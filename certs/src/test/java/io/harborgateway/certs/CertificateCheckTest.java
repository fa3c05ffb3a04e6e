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
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    var check = new CertificateCheck(List.of(NAME), NOW);
    assertThat(check.problems(reversed)).isEmpty();
    assertThat(reversed.leaf()).isEqualTo(leaf.certificate());
    assertThat(reversed.served(NOW))
        .containsExactly(leaf.certificate(), intermediate.certificate(), root.certificate());
    assertThat(check.hints(reversed))
        .contains(
            new Finding(
                Kind.CHAIN_OUT_OF_ORDER,
                "chain in the order CN=root → CN=middle → CN=leaf, sent in the right one"
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
    assertThat(kinds(chained(belowNoCa, noCa, root), NOW)).containsExactly(Kind.CHAIN_BROKEN);
  }

  @Test
  void anExpiredIssuerCountsLikeAnExpiredLeaf() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    Signed middle = TestCertificates.below(root, "CN=middle", TestCertificates.ca());
    Signed leaf = TestCertificates.below(middle, "CN=leaf", SAN);
    InstanceCertificate certificate = chained(leaf, middle);
    assertThat(kinds(certificate, NOW.plus(DAYS_30).plusSeconds(1)))
        .containsExactly(Kind.EXPIRED, Kind.EXPIRED);
    assertThat(certificate.validity(NOW).until())
        .isEqualTo(middle.certificate().getNotAfter().toInstant());
    assertThat(Kind.EXPIRED.dependsOnTime()).isTrue();
    assertThat(Kind.NAME_NOT_COVERED.dependsOnTime()).isFalse();
  }

  /** A root; a second certificate of an issuer; an issuer that must have a newer certificate. */
  @Test
  void anExpiredCertificateThatVerificationDoesNotNeedIsAHintAndNotSent() throws Exception {
    Duration past = Duration.ofDays(-20);
    Duration longer = DAYS_30.plus(DAYS_30);
    KeyPair pair = KeyType.EC_P256.generate();
    Signed root = TestCertificates.root("CN=old root");
    Signed ended =
        TestCertificates.below(root, "CN=A", pair, DAYS_30.negated(), past, TestCertificates.ca());
    Signed selfSigned =
        TestCertificates.below(
            new Signed(ended.certificate(), pair),
            "CN=A",
            pair,
            DAYS_30.negated(),
            past,
            TestCertificates.ca());
    KeyPair leafPair = KeyType.EC_P256.generate();
    Signed newer =
        TestCertificates.below(
            ended, "CN=leaf", leafPair, past.plus(Duration.ofDays(1)), DAYS_30, SAN);
    Signed older =
        TestCertificates.below(ended, "CN=leaf", leafPair, DAYS_30.negated(), longer, SAN);
    Signed middle =
        TestCertificates.below(
            ended, "CN=middle", leafPair, DAYS_30.negated(), longer, TestCertificates.ca());
    Signed below = TestCertificates.below(middle, "CN=leaf", leafPair, past, DAYS_30, SAN);

    assertSpare(chained(newer, ended), 1);
    assertSpare(chained(older, selfSigned), 1);
    assertSpare(chained(below, middle, ended), 2);
    assertThat(kinds(chained(older, ended), NOW))
        .as("the leaf was issued by what has ended")
        .containsExactly(Kind.EXPIRED);
    assertThat(kinds(chained(newer, ended, root), NOW))
        .as("its own issuer is there, and has not ended")
        .containsExactly(Kind.EXPIRED);
  }

  /** Wherever it stands: there may be no other certificate of its key. */
  @Test
  void anIssuerThatEndedAfterItIssuedIsNeeded() throws Exception {
    Duration past = Duration.ofDays(-1);
    Duration longer = DAYS_30.plus(DAYS_30);
    Signed root = TestCertificates.root("CN=root");
    KeyPair pair = KeyType.EC_P256.generate();
    Signed upper =
        TestCertificates.below(
            root, "CN=upper", pair, DAYS_30.negated(), past, TestCertificates.ca());
    Signed lower =
        TestCertificates.below(
            upper, "CN=lower", pair, DAYS_30.negated(), longer, TestCertificates.ca());
    Signed leaf =
        TestCertificates.below(lower, "CN=leaf", pair, Duration.ofDays(-20), DAYS_30, SAN);
    for (var certificate :
        List.of(chained(leaf, lower, upper), chained(leaf, lower, upper, root))) {
      assertThat(new CertificateCheck(List.of(NAME), NOW).problems(certificate))
          .extracting(Finding::message)
          .containsExactly(
              "CN=upper expired at 2026-05-31T12:00:00Z (expected: valid at %s)".formatted(NOW));
      ChainValidity validity = certificate.validity(NOW);
      assertThat(validity.until()).isEqualTo(NOW.plus(past));
      assertThat(validity.doubtful()).isEmpty();
      assertThat(certificate.served(NOW)).isEqualTo(certificate.chain());
    }
  }

  @Test
  void whatCanNotBeKnownIsSaid() throws Exception {
    Duration past = Duration.ofDays(-10);
    KeyPair pair = KeyType.EC_P256.generate();
    Signed old =
        TestCertificates.below(
            TestCertificates.root("CN=old root"),
            "CN=root",
            pair,
            DAYS_30.negated(),
            past,
            TestCertificates.ca());
    InstanceCertificate certificate =
        chained(
            TestCertificates.below(old, "CN=leaf", pair, Duration.ofDays(-1), DAYS_30, SAN), old);
    assertSpare(certificate, 1);
    assertThat(certificate.validity(NOW).doubtful()).contains(old.certificate());
    assertThat(new CertificateCheck(List.of(NAME), NOW).hints(certificate))
        .extracting(Finding::message)
        .contains(
            "CN=root ends at 2026-05-22T12:00:00Z and is not sent; whether routers trust another"
                + " certificate of its key is not known here (expected: a chain without it)");
  }

  /** Behind a root, or with the key of one that the JDK has, whatever was issued when. */
  @Test
  void whatClientsDoNotNeedIsNoDoubt() throws Exception {
    KeyPair pair = KeyType.EC_P256.generate();
    Duration past = Duration.ofDays(-1);
    Signed root =
        TestCertificates.below(
            new Signed(TestCertificates.root("CN=root").certificate(), pair),
            "CN=root",
            pair,
            DAYS_30.negated(),
            DAYS_30.plus(Duration.ofDays(1)),
            TestCertificates.ca());
    Signed crossSigned =
        TestCertificates.below(
            TestCertificates.root("CN=old root"),
            "CN=root",
            pair,
            DAYS_30.negated(),
            past,
            TestCertificates.ca());
    Signed leaf =
        TestCertificates.below(
            root, "CN=leaf", KeyType.EC_P256.generate(), Duration.ofDays(-20), DAYS_30, SAN);
    InstanceCertificate behindRoot = chained(leaf, root, crossSigned);
    assertSpare(behindRoot, 2);
    assertThat(behindRoot.validity(NOW).doubtful()).isEmpty();

    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init((KeyStore) null);
    X509Certificate known =
        ((X509TrustManager) trust.getTrustManagers()[0]).getAcceptedIssuers()[0];
    Signed publicRoot =
        TestCertificates.below(
            TestCertificates.root("CN=old root"),
            known.getSubjectX500Principal().getName(),
            new KeyPair(known.getPublicKey(), pair.getPrivate()),
            DAYS_30.negated(),
            past,
            TestCertificates.ca());
    var validity = new ChainValidity(List.of(leaf.certificate(), publicRoot.certificate()));
    assertThat(validity.until()).isEqualTo(NOW.plus(DAYS_30));
    assertThat(validity.doubtful()).isEmpty();
    assertThat(validity.useful(NOW)).containsExactly(leaf.certificate());
  }

  @Test
  void aCertificateWithoutAPlaceInTheChainIsAHintAndNotSent() throws Exception {
    Duration past = Duration.ofDays(-1);
    KeyPair pair = KeyType.EC_P256.generate();
    Signed root = TestCertificates.root("CN=root");
    Signed middle = TestCertificates.below(root, "CN=middle", TestCertificates.ca());
    Signed leaf = TestCertificates.below(middle, "CN=leaf", SAN);
    Signed other =
        TestCertificates.below(
            TestCertificates.root("CN=other root"),
            "CN=other",
            pair,
            DAYS_30.negated(),
            past,
            TestCertificates.ca());
    Signed otherMiddle =
        TestCertificates.below(
            other, "CN=middle", middle.pair(), DAYS_30.negated(), past, TestCertificates.ca());

    assertLeftOut(chained(leaf, middle, other), leaf, middle);
    assertLeftOut(chained(leaf, other, middle), leaf, middle);
    assertLeftOut(chained(leaf, middle, root, other), leaf, middle, root);
    assertLeftOut(chained(leaf, otherMiddle, middle, root), leaf, middle, root);
    assertLeftOut(chained(leaf, middle, TestCertificates.root("CN=new")), leaf, middle);
    assertThat(kinds(chained(belowEnded(other), other, otherMiddle), NOW))
        .as("the one that has a place is needed")
        .containsExactly(Kind.EXPIRED);
  }

  private static Signed belowEnded(Signed issuer) throws Exception {
    return TestCertificates.below(
        issuer, "CN=leaf", KeyType.EC_P256.generate(), DAYS_30.negated(), DAYS_30, SAN);
  }

  private static void assertLeftOut(InstanceCertificate certificate, Signed... sent) {
    assertThat(kinds(certificate, NOW)).isEmpty();
    assertThat(new CertificateCheck(List.of(NAME), NOW).hints(certificate))
        .extracting(Finding::kind)
        .contains(Kind.SPARE_NOT_SENT);
    assertThat(certificate.served(NOW))
        .isEqualTo(Stream.of(sent).map(Signed::certificate).toList());
  }

  @Test
  void refusesACriticalExtensionThatClientsDoNotKnow() throws Exception {
    var unknown = new Ext(new ASN1ObjectIdentifier("1.2.3.4"), DERNull.INSTANCE);
    Signed root = TestCertificates.root("CN=root");
    Signed middle = TestCertificates.below(root, "CN=middle", TestCertificates.ca(), unknown);
    assertThat(
            new CertificateCheck(List.of(NAME), NOW)
                .problems(chained(TestCertificates.below(root, "CN=leaf", SAN, unknown))))
        .extracting(Finding::message)
        .containsExactly(
            "CN=leaf has the critical extension 1.2.3.4, for which clients refuse it"
                + " (expected: such as RFC 5280 defines)");
    assertThat(kinds(chained(TestCertificates.below(middle, "CN=leaf", SAN), middle), NOW))
        .containsExactly(Kind.UNKNOWN_EXTENSION);
  }

  @Test
  void acceptsCriticalExtensionsThatClientsKnow() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    var constraint =
        new NameConstraints(
            new GeneralSubtree[] {
              new GeneralSubtree(new GeneralName(GeneralName.dNSName, "example.com"))
            },
            null);
    Signed middle =
        TestCertificates.below(
            root,
            "CN=middle",
            TestCertificates.ca(),
            new Ext(Extension.nameConstraints, constraint),
            new Ext(Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign)));
    var policy = new PolicyInformation(new ASN1ObjectIdentifier("2.23.140.1.2.1"));
    Signed leaf =
        TestCertificates.below(
            middle,
            "CN=leaf",
            SAN,
            new Ext(Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature)),
            new Ext(Extension.certificatePolicies, new CertificatePolicies(policy)));
    assertThat(kinds(chained(leaf, middle), NOW)).isEmpty();
  }

  private static void assertSpare(InstanceCertificate certificate, int sent) {
    assertThat(kinds(certificate, NOW)).isEmpty();
    assertThat(new CertificateCheck(List.of(NAME), NOW).hints(certificate))
        .extracting(Finding::kind)
        .contains(Kind.SPARE_NOT_SENT);
    assertThat(certificate.served(NOW)).isEqualTo(certificate.chain().subList(0, sent));
    assertThat(certificate.served(NOW.minus(Duration.ofDays(21)))).isEqualTo(certificate.chain());
    assertThat(certificate.validity(NOW).until()).isAfter(NOW);
  }

  @ParameterizedTest
  @CsvSource({
    "Ed25519, Ed25519",
    "Ed448, Ed448",
    "RSA:512, RSA 512",
    "RSA:1024, RSA 1024",
    "RSA:2047, RSA 2047",
    "RSASSA-PSS:2048, RSASSA-PSS 2048",
    "DSA:2048, DSA"
  })
  void namesAKeyThatTlsDoesNotWorkWith(String kind, String shown) throws Exception {
    assertThat(new CertificateCheck(List.of(NAME), NOW).problems(withKey(kind)))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.kind()).isEqualTo(Kind.KEY_NOT_USABLE);
          assertThat(finding.message()).startsWith("CN=leaf: " + shown + " key, which ");
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA:2048", "EC:secp256r1", "EC:secp384r1", "EC:secp521r1"})
  void acceptsAKeyThatTlsWorksWith(String kind) throws Exception {
    assertThat(new CertificateCheck(List.of(NAME), NOW).problems(withKey(kind))).isEmpty();
  }

  /** For example {@code RSA:2048}. */
  private static InstanceCertificate withKey(String kind) throws Exception {
    String[] parts = kind.split(":", -1);
    var generator = KeyPairGenerator.getInstance(parts[0]);
    if (parts[0].equals("EC")) {
      generator.initialize(new ECGenParameterSpec(parts[1]));
    } else if (parts.length > 1) {
      generator.initialize(Integer.parseInt(parts[1]));
    }
    Signed root = TestCertificates.root("CN=root");
    return chained(
        TestCertificates.below(
            root, "CN=leaf", generator.generateKeyPair(), Duration.ZERO, DAYS_30, SAN));
  }

  @Test
  void namesAWeakSignature() throws Exception {
    Signed root = TestCertificates.root("CN=root");
    Signed leaf = TestCertificates.signedBy(root, "SHA1withECDSA", "CN=leaf", SAN);
    assertThat(new CertificateCheck(List.of(NAME), NOW).problems(chained(leaf, root)))
        .extracting(Finding::message)
        .containsExactly(
            "CN=leaf is signed by SHA1withECDSA, which clients refuse"
                + " (expected: SHA-256 or longer)");
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
    Signed notEnded =
        TestCertificates.below(
            root,
            "CN=x",
            KeyType.EC_P256.generate(),
            Duration.ZERO,
            Duration.ofDays(730),
            TestCertificates.ca());
    InstanceCertificate bad =
        InstanceCertificate.of(
            List.of(leaf.certificate(), notEnded.certificate()), root.pair().getPrivate());
    assertThat(kinds(bad, NOW.plus(Duration.ofDays(365))))
        .containsExactly(
            Kind.CHAIN_BROKEN,
            Kind.KEY_MISMATCH,
            Kind.NAME_NOT_COVERED,
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
