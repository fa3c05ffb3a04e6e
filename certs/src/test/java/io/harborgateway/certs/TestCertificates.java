package io.harborgateway.certs;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates for tests, also such as the authority would never issue. */
final class TestCertificates {
  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  static final Duration DAYS_30 = Duration.ofDays(30);
  static final String NAME = "guid.harbor.example.com";

  /** A certificate with its key, able to sign others. */
  record Signed(X509Certificate certificate, KeyPair pair) {}

  record Ext(ASN1ObjectIdentifier id, ASN1Encodable value) {}

  private TestCertificates() {}

  static CertificateAuthority authority() throws CertificateProblem {
    return CertificateAuthority.create("test CA", KeyType.EC_P256, NOW, Duration.ofDays(3650));
  }

  /** An EC certificate, which is quick to make. */
  static InstanceCertificate instance(String... names) throws CertificateProblem {
    return instance(authority(), DAYS_30, names);
  }

  static InstanceCertificate instance(
      CertificateAuthority authority, Duration validity, String... names)
      throws CertificateProblem {
    IssueRequest rsa = IssueRequest.forNames(List.of(names), NOW, validity);
    return authority.issue(
        new IssueRequest(rsa.names(), List.of(), KeyType.EC_P256, NOW, validity));
  }

  static Signed root(String name) throws Exception {
    KeyPair pair = KeyType.EC_P256.generate();
    return new Signed(sign(name, pair.getPublic(), name, pair, ca()), pair);
  }

  static Signed below(Signed issuer, String name, Ext... extensions) throws Exception {
    KeyPair pair = KeyType.EC_P256.generate();
    String issuerName = issuer.certificate().getSubjectX500Principal().getName();
    return new Signed(sign(name, pair.getPublic(), issuerName, issuer.pair(), extensions), pair);
  }

  /** The same with another key, and other days of validity from {@link #NOW} on. */
  static Signed below(
      Signed issuer, String name, KeyPair pair, Duration from, Duration until, Ext... extensions)
      throws Exception {
    String issuerName = issuer.certificate().getSubjectX500Principal().getName();
    return new Signed(
        sign(
            name,
            pair.getPublic(),
            issuerName,
            issuer.pair(),
            "SHA256withECDSA",
            NOW.plus(from),
            NOW.plus(until),
            extensions),
        pair);
  }

  /** The same, signed in another way. */
  static Signed signedBy(Signed issuer, String algorithm, String name, Ext... extensions)
      throws Exception {
    KeyPair pair = KeyType.EC_P256.generate();
    String issuerName = issuer.certificate().getSubjectX500Principal().getName();
    return new Signed(
        sign(
            name,
            pair.getPublic(),
            issuerName,
            issuer.pair(),
            algorithm,
            NOW.minus(DAYS_30),
            NOW.plus(DAYS_30),
            extensions),
        pair);
  }

  static Ext ca() {
    return new Ext(Extension.basicConstraints, new BasicConstraints(true));
  }

  private static X509Certificate sign(
      String subject, PublicKey key, String issuer, KeyPair issuerPair, Ext... extensions)
      throws Exception {
    return sign(
        subject,
        key,
        issuer,
        issuerPair,
        "SHA256withECDSA",
        NOW.minus(DAYS_30),
        NOW.plus(DAYS_30),
        extensions);
  }

  private static X509Certificate sign(
      String subject,
      PublicKey key,
      String issuer,
      KeyPair issuerPair,
      String algorithm,
      Instant from,
      Instant until,
      Ext... extensions)
      throws Exception {
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Principal(issuer),
            BigInteger.TEN,
            Date.from(from),
            Date.from(until),
            new X500Principal(subject),
            key);
    for (Ext extension : extensions) {
      builder.addExtension(extension.id(), true, extension.value());
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder(algorithm).build(issuerPair.getPrivate())));
  }
}
