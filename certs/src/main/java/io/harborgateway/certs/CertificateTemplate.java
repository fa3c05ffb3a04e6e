package io.harborgateway.certs;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The two kinds of certificate that a {@link CertificateAuthority} signs. */
final class CertificateTemplate {
  // ub-common-name, RFC 5280 appendix A.
  static final int LONGEST_COMMON_NAME = 64;

  private static final SecureRandom RANDOM = new SecureRandom();

  private CertificateTemplate() {}

  /** A self-signed CA that may issue leaves only. */
  static X509Certificate authority(
      String commonName, KeyPair pair, Instant notBefore, Instant notAfter)
      throws GeneralSecurityException {
    X500Principal subject = subject(commonName);
    PublicKey publicKey = pair.getPublic();
    try {
      var builder = builder(subject, notBefore, notAfter, subject, publicKey);
      var identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(publicKey));
      return signed(builder, publicKey, pair.getPrivate());
    } catch (IOException e) {
      throw new GeneralSecurityException("extension without an encoding", e);
    }
  }

  /** A TLS server's certificate. */
  static X509Certificate server(
      IssueRequest request,
      PublicKey publicKey,
      Instant notBefore,
      X509Certificate issuer,
      PrivateKey issuerKey)
      throws GeneralSecurityException {
    // A name too long for the CN is among the SANs anyway, and no client looks at the CN.
    X500Principal subject =
        subject(
            request.names().stream()
                .map(DnsName::text)
                .filter(name -> name.length() <= LONGEST_COMMON_NAME)
                .findFirst()
                .orElse("harbor instance"));
    try {
      var builder =
          builder(
              issuer.getSubjectX500Principal(),
              notBefore,
              request.from().plus(request.validity()),
              subject,
              publicKey);
      var identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(publicKey));
      builder.addExtension(Extension.authorityKeyIdentifier, false, authorityKeyIdentifier(issuer));
      builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames(request));
      return signed(builder, issuer.getPublicKey(), issuerKey);
    } catch (IOException e) {
      throw new GeneralSecurityException("extension without an encoding", e);
    }
  }

  /** The issuer's own key identifier, however it was computed; clients find the issuer by it. */
  private static AuthorityKeyIdentifier authorityKeyIdentifier(X509Certificate issuer)
      throws IOException, GeneralSecurityException {
    byte[] extension = issuer.getExtensionValue(Extension.subjectKeyIdentifier.getId());
    if (extension == null) {
      return new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer.getPublicKey());
    }
    return new AuthorityKeyIdentifier(
        SubjectKeyIdentifier.getInstance(JcaX509ExtensionUtils.parseExtensionValue(extension))
            .getKeyIdentifier());
  }

  private static GeneralNames alternativeNames(IssueRequest request) {
    Stream<GeneralName> names =
        request.names().stream().map(name -> new GeneralName(GeneralName.dNSName, name.text()));
    Stream<GeneralName> addresses =
        request.ipAddresses().stream()
            .map(ip -> new GeneralName(GeneralName.iPAddress, ip.getHostAddress()));
    return new GeneralNames(Stream.concat(names, addresses).distinct().toArray(GeneralName[]::new));
  }

  private static X509v3CertificateBuilder builder(
      X500Principal issuer,
      Instant notBefore,
      Instant notAfter,
      X500Principal subject,
      PublicKey publicKey) {
    return new JcaX509v3CertificateBuilder(
        issuer, serial(), Date.from(notBefore), Date.from(notAfter), subject, publicKey);
  }

  private static X509Certificate signed(
      X509v3CertificateBuilder builder, PublicKey issuerPublicKey, PrivateKey issuerKey)
      throws GeneralSecurityException {
    try {
      String algorithm = KeyType.of(issuerPublicKey).signatureAlgorithm();
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(issuerKey)));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("the CA's key cannot sign", e);
    }
  }

  /**
   * Uses the builder, which escapes what a distinguished name's text form would treat as syntax.
   */
  private static X500Principal subject(String commonName) throws GeneralSecurityException {
    try {
      return new X500Principal(
          new X500NameBuilder(BCStyle.INSTANCE)
              .addRDN(BCStyle.CN, commonName)
              .build()
              .getEncoded());
    } catch (IOException e) {
      throw new GeneralSecurityException("name without an encoding", e);
    }
  }

  /** 128 random bits: unique without keeping a record of issued serials; never 0 (RFC 5280). */
  private static BigInteger serial() {
    BigInteger serial = new BigInteger(128, RANDOM);
    return serial.signum() == 0 ? BigInteger.ONE : serial;
  }
}
