package io.harborgateway.certs;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Issues certificates for instances, the way the routers' CA does: a throw-away CA for demos and
 * tests, or one loaded from PEM. Immutable.
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
   * @throws CertificateProblem if the name or the validity is out of range
   */
  public static CertificateAuthority create(
      String commonName, KeyType keyType, Instant from, Duration validity)
      throws CertificateProblem {
    return create(new AuthorityRequest(commonName, keyType, from, validity, 0));
  }

  /**
   * Creates a self-signed CA.
   *
   * @throws CertificateProblem if something about the request is out of range
   */
  public static CertificateAuthority create(AuthorityRequest request) throws CertificateProblem {
    request.check();
    try {
      KeyPair pair = request.keyType().generate();
      return new CertificateAuthority(
          List.of(CertificateTemplate.authority(request, pair)), pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new CertificateProblem("cannot make a CA with a key of type " + request.keyType(), e);
    }
  }

  /**
   * Reads a CA: its certificate, followed by its own issuers if it is an intermediate one.
   *
   * @param passphraseFile opens the key if that is encrypted; null: it is not
   * @throws CertificateProblem if the files cannot be read, others may read the key or its
   *     passphrase, the certificate is not a CA's, the chain is broken, or the key does not match
   */
  public static CertificateAuthority load(
      Path certificateFile, Path keyFile, @Nullable Path passphraseFile) throws CertificateProblem {
    List<X509Certificate> chain = Pem.certificates(certificateFile);
    SecretFile.requirePrivate(keyFile);
    PrivateKey key =
        passphraseFile == null
            ? Pem.privateKey(keyFile)
            : Pem.privateKey(keyFile, SecretFile.passphrase(passphraseFile));
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

  /** Returns the last instant at which a certificate of this CA can be valid. */
  public Instant notAfter() {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /**
   * Issues an intermediate CA with a new key.
   *
   * @throws CertificateProblem if something about the request is out of range, this CA may not
   *     issue such a CA, or it would end first
   */
  public CertificateAuthority issue(AuthorityRequest request) throws CertificateProblem {
    request.check();
    int most = certificate().getBasicConstraints() - 1; // without a limit it is Integer.MAX_VALUE
    if (request.pathLength() > most) {
      throw new CertificateProblem(
          "%s may not issue a CA with the path length %d (expected: %s)"
              .formatted(
                  CertificateDetails.subject(certificate()),
                  request.pathLength(),
                  most < 0 ? "an issuer whose own is above 0" : "at most " + most));
    }
    requireWithinOwn(request.notAfter());
    try {
      KeyPair pair = request.keyType().generate();
      List<X509Certificate> issued = new ArrayList<>();
      issued.add(CertificateTemplate.authority(request, pair.getPublic(), certificate(), key));
      issued.addAll(intermediates());
      return new CertificateAuthority(List.copyOf(issued), pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new CertificateProblem("cannot issue a CA with a key of " + request.keyType(), e);
    }
  }

  /**
   * Issues a certificate with a new key. Its chain includes the CA's certificate and issuers only
   * where they are intermediates: clients have the root.
   *
   * @throws CertificateProblem if the certificate would outlive the CA
   */
  public InstanceCertificate issue(IssueRequest request) throws CertificateProblem {
    try {
      KeyPair pair = request.keyType().generate();
      return issue(request, pair.getPublic(), pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw notIssued(request, e);
    }
  }

  /**
   * Issues a certificate with the key of another one; the request's type of key is of no account.
   *
   * @throws CertificateProblem if the certificate would outlive the CA
   */
  public InstanceCertificate issueWithKeyOf(InstanceCertificate other, IssueRequest request)
      throws CertificateProblem {
    try {
      return issue(request, other.leaf().getPublicKey(), other.key());
    } catch (GeneralSecurityException e) {
      throw notIssued(request, e);
    }
  }

  private InstanceCertificate issue(IssueRequest request, PublicKey publicKey, PrivateKey leafKey)
      throws CertificateProblem, GeneralSecurityException {
    requireWithinOwn(request.from().plus(request.validity()));
    List<X509Certificate> issued = new ArrayList<>();
    issued.add(
        CertificateTemplate.server(
            request, publicKey, request.from().minus(BACKDATING), certificate(), key));
    issued.addAll(intermediates());
    return InstanceCertificate.of(issued, leafKey);
  }

  private static CertificateProblem notIssued(IssueRequest request, GeneralSecurityException e) {
    return new CertificateProblem("cannot issue for a key of type " + request.keyType(), e);
  }

  private List<X509Certificate> intermediates() {
    return chain.stream().filter(c -> !ChainOrder.isSignedBy(c, c)).toList();
  }

  private void requireWithinOwn(Instant notAfter) throws CertificateProblem {
    if (notAfter.isAfter(notAfter())) {
      throw new CertificateProblem(
          "validity until %s (expected: not after the CA's end, %s)"
              .formatted(notAfter, notAfter()));
    }
  }

  /**
   * Returns what keeps clients from accepting a certificate of this CA, which they verify up to its
   * root: also what a root that is not part of the certificate's chain forbids.
   */
  public List<Finding> problems(InstanceCertificate issued, Instant at) throws CertificateProblem {
    List<X509Certificate> whole = new ArrayList<>(List.of(issued.leaf()));
    whole.addAll(chain);
    return new CertificateCheck(List.of(), at, Duration.ZERO)
        .problems(InstanceCertificate.of(whole, issued.key()));
  }

  /**
   * Writes the CA's certificate (with its issuers), and the key, not encrypted, with mode 0600,
   * creating the directories.
   *
   * @throws CertificateProblem if a file exists and must not be replaced, or cannot be written
   */
  public void write(Path certificateFile, Path keyFile, OverwriteMode ifPresent)
      throws CertificateProblem {
    write(certificateFile, keyFile, null, ifPresent);
  }

  /**
   * Writes the CA's certificate (with its issuers), and the key with mode 0600, creating the
   * directories.
   *
   * @param passphraseFile encrypts the key; null: it is not encrypted
   * @throws CertificateProblem if a file exists and must not be replaced, or cannot be written
   */
  public void write(
      Path certificateFile, Path keyFile, @Nullable Path passphraseFile, OverwriteMode ifPresent)
      throws CertificateProblem {
    String keyText =
        passphraseFile == null
            ? Pem.text(key)
            : Pem.text(key, SecretFile.passphrase(passphraseFile));
    PemFiles.write(certificateFile, chain, keyFile, keyText, ifPresent);
  }
}
