package io.harborgateway.certs;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Issues certificates for instances, the way the routers' CA does: a throw-away CA for demos and
 * tests, or one loaded from PEM.
 */
public final class CertificateAuthority {
  /**
   * How far {@code notBefore} lies before the requested instant, for clients whose clock is behind.
   */
  public static final Duration BACKDATING = Duration.ofMinutes(5);

  // Index of the keyCertSign bit, RFC 5280 section 4.2.1.3.
  private static final int KEY_CERT_SIGN = 5;

  private final List<X509Certificate> chain;
  private final PrivateKey key;

  private CertificateAuthority(List<X509Certificate> chain, PrivateKey key) {
    this.chain = chain;
    this.key = key;
  }

  /**
   * Creates a self-signed CA that issues leaf certificates only.
   *
   * @param commonName the subject's CN, 1 to 64 characters
   * @param from start of validity; {@code notBefore} is {@link #BACKDATING} earlier
   * @param validity measured from that instant
   * @throws CertificateProblem if the name or the validity is out of range
   */
  public static CertificateAuthority create(
      String commonName, KeyType keyType, Instant from, Duration validity)
      throws CertificateProblem {
    if (commonName.isBlank() || commonName.length() > CertificateTemplate.LONGEST_COMMON_NAME) {
      throw new CertificateProblem(
          "CA name \"%s\" (expected: 1 to 64 characters)".formatted(commonName));
    }
    if (!validity.isPositive()) {
      throw new CertificateProblem("CA validity %s (expected: > 0)".formatted(validity));
    }
    try {
      KeyPair pair = keyType.generate();
      X509Certificate certificate =
          CertificateTemplate.authority(
              commonName, pair, from.minus(BACKDATING), from.plus(validity));
      return new CertificateAuthority(List.of(certificate), pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new CertificateProblem("cannot make a CA with a key of type " + keyType, e);
    }
  }

  /**
   * Reads a CA: its certificate, followed by its own issuers if it is an intermediate one.
   *
   * @throws CertificateProblem if the files cannot be read, the certificate is not a CA's, the
   *     chain is broken, or the key does not match
   */
  public static CertificateAuthority load(Path certificateFile, Path keyFile)
      throws CertificateProblem {
    List<X509Certificate> chain = Pem.certificates(certificateFile);
    PrivateKey key = Pem.privateKey(keyFile);
    X509Certificate certificate = chain.getFirst();
    boolean[] usage = certificate.getKeyUsage();
    if (certificate.getBasicConstraints() < 0 || (usage != null && !usage[KEY_CERT_SIGN])) {
      throw new CertificateProblem(
          "%s: %s may not sign certificates (expected: a CA with keyCertSign)"
              .formatted(certificateFile, CertificateDetails.subject(certificate)));
    }
    // None of a CA's own certificates is left out, expired or not.
    List<Finding> problems = ChainOrder.of(chain, Instant.MIN).problems();
    if (!problems.isEmpty()) {
      throw new CertificateProblem(certificateFile + ": " + problems.getFirst().message());
    }
    if (!KeyType.isPair(certificate.getPublicKey(), key)) {
      throw new CertificateProblem(
          "%s: key of another certificate (expected: the key of %s)"
              .formatted(keyFile, CertificateDetails.subject(certificate)));
    }
    return new CertificateAuthority(chain, key);
  }

  /** The CA's own certificate. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /**
   * Issues a certificate with a new key. Its chain includes the CA's certificate and issuers only
   * where they are intermediates: clients have the root.
   *
   * @throws CertificateProblem if the certificate would outlive the CA
   */
  public InstanceCertificate issue(IssueRequest request) throws CertificateProblem {
    Instant notAfter = request.from().plus(request.validity());
    Instant caNotAfter = certificate().getNotAfter().toInstant();
    if (notAfter.isAfter(caNotAfter)) {
      throw new CertificateProblem(
          "validity until %s (expected: not after the CA's end, %s)"
              .formatted(notAfter, caNotAfter));
    }
    try {
      KeyPair pair = request.keyType().generate();
      List<X509Certificate> issued = new ArrayList<>();
      issued.add(
          CertificateTemplate.server(
              request, pair.getPublic(), request.from().minus(BACKDATING), certificate(), key));
      chain.stream().filter(c -> !ChainOrder.isSignedBy(c, c)).forEach(issued::add);
      return InstanceCertificate.of(issued, pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new CertificateProblem("cannot issue for a key of type " + request.keyType(), e);
    }
  }

  /**
   * Writes the CA's certificate (with its issuers), and the key with mode 0600, creating the
   * directories.
   *
   * @throws CertificateProblem if a file exists and must not be replaced, or cannot be written
   */
  public void write(Path certificateFile, Path keyFile, OverwriteMode ifPresent)
      throws CertificateProblem {
    PemFiles.write(certificateFile, chain, keyFile, key, ifPresent);
  }
}
