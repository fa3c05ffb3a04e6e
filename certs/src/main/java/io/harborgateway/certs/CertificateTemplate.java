package io.harborgateway.certs;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
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
import org.jspecify.annotations.Nullable;

/** The two kinds of certificate that a {@link CertificateAuthority} signs. */
final class CertificateTemplate {
  // ub-common-name, RFC 5280 appendix A.
  static final int LONGEST_COMMON_NAME = 64;

  /** Below the sign bit of the 20 octets; the highest is always set, so that none is dropped. */
  private static final int SERIAL_BITS = 159;

  private static final SecureRandom RANDOM = new SecureRandom();

  private CertificateTemplate() {}

  /** A self-signed CA. */
  static X509Certificate authority(AuthorityRequest request, KeyPair pair)
      throws GeneralSecurityException {
    return authority(request, pair.getPublic(), null, pair.getPrivate());
  }

  /**
   * A CA.
   *
   * @param issuer null: it signs itself
   */
  static X509Certificate authority(
      AuthorityRequest request,
      PublicKey publicKey,
      @Nullable X509Certificate issuer,
      PrivateKey issuerKey)
      throws GeneralSecurityException {
    X500Principal subject = subject(request.commonName());
    try {
      var builder =
          builder(
              issuer == null ? subject : issuer.getSubjectX500Principal(),
              request.notBefore(),
              request.notAfter(),
              subject,
              publicKey);
      var identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.basicConstraints, true, new BasicConstraints(request.pathLength()));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(publicKey));
      if (issuer != null) {
        builder.addExtension(
            Extension.authorityKeyIdentifier, false, authorityKeyIdentifier(issuer));
      }
      return signed(builder, issuer == null ? publicKey : issuer.getPublicKey(), issuerKey);
    } catch (IOException e) {
      throw new GeneralSecurityException("extension without an encoding", e);
    }
  }

  /** The certificate of a TLS server, and of a client where that is asked for. */
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
      builder.addExtension(Extension.extendedKeyUsage, false, purposes(request));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(publicKey));
      builder.addExtension(Extension.authorityKeyIdentifier, false, authorityKeyIdentifier(issuer));
      builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames(request));
      return signed(builder, issuer.getPublicKey(), issuerKey);
    } catch (IOException e) {
      throw new GeneralSecurityException("extension without an encoding", e);
    }
  }

  private static ExtendedKeyUsage purposes(IssueRequest request) {
    return request.clientAuth()
        ? new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth})
        : new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth);
  }

  /** Whether a leaf says that it is for a TLS client, too. */
  static boolean isForClients(X509Certificate leaf) throws CertificateProblem {
    try {
      List<String> purposes = leaf.getExtendedKeyUsage();
      return purposes != null && purposes.contains(KeyPurposeId.id_kp_clientAuth.getId());
    } catch (CertificateParsingException e) {
      throw new CertificateProblem(
          CertificateDetails.subject(leaf) + ": malformed extendedKeyUsage (expected: RFC 5280)",
          e);
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

  /**
   * Twenty random octets, as many as RFC 5280 section 4.1.2.2 allows, positive: unique without
   * keeping a record of issued serials.
   */
  static BigInteger serial() {
    return new BigInteger(SERIAL_BITS - 1, RANDOM).setBit(SERIAL_BITS - 1);
  }
}
