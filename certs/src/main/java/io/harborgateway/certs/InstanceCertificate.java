package io.harborgateway.certs;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The certificate chain of an instance with its private key: what a listener presents for the
 * instance's names. Nothing is checked here, see {@link CertificateCheck}.
 *
 * <p>Equal when chain, key and staple are equal, so that a reload can tell what is unchanged.
 */
public final class InstanceCertificate {
  private final List<X509Certificate> chain;
  private final List<X509Certificate> found;
  private final PrivateKey key;
  private final CertificateDetails details;
  private final Set<DnsName> coveringNames;
  private final @Nullable OcspStaple staple;

  private InstanceCertificate(
      List<X509Certificate> found,
      List<X509Certificate> chain,
      PrivateKey key,
      CertificateDetails details,
      @Nullable OcspStaple staple) {
    this.found = found;
    this.staple = staple;
    this.chain = chain;
    this.key = key;
    this.details = details;
    this.coveringNames =
        details.names().stream()
            .filter(DnsName::isValid)
            .map(DnsName::new)
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Combines a chain and a key.
   *
   * @param chain the leaf first; put in order if it is in another
   * @throws CertificateProblem if the chain is empty or its leaf unreadable
   */
  public static InstanceCertificate of(List<X509Certificate> chain, PrivateKey key)
      throws CertificateProblem {
    if (chain.isEmpty()) {
      throw new CertificateProblem("empty chain (expected: at least the leaf)");
    }
    List<X509Certificate> found = List.copyOf(chain);
    List<X509Certificate> ordered = ChainOrder.repaired(found);
    return new InstanceCertificate(
        found, ordered, key, CertificateDetails.of(ordered.getFirst()), null);
  }

  /**
   * Reads both PEM files, which may be the same file.
   *
   * @throws CertificateProblem see {@link Pem}
   */
  public static InstanceCertificate load(Path chain, Path key) throws CertificateProblem {
    return of(Pem.certificates(chain), Pem.privateKey(key));
  }

  /** Returns the same with the OCSP response of a file, whether or not that can be used. */
  public InstanceCertificate stapled(Path file) {
    return new InstanceCertificate(found, chain, key, details, OcspStaple.read(file, chain));
  }

  /** The OCSP response to send with it, or null. */
  public @Nullable OcspStaple staple() {
    return staple;
  }

  /**
   * Reads both PEM files, which may be the same file.
   *
   * @param passphraseFile file with the passphrase of the key in its first line; null: the key is
   *     not encrypted
   * @throws CertificateProblem see {@link Pem}
   */
  public static InstanceCertificate load(Path chain, Path key, @Nullable Path passphraseFile)
      throws CertificateProblem {
    return of(
        Pem.certificates(chain),
        passphraseFile == null
            ? Pem.privateKey(key)
            : Pem.privateKey(key, SecretFile.firstLine(passphraseFile)));
  }

  /**
   * Reads a PKCS#12 file (RFC 7292).
   *
   * @param passphraseFile file with its passphrase in the first line; null: it has none
   * @throws CertificateProblem if a file cannot be read, the passphrase is wrong, or there is not
   *     exactly one key
   */
  public static InstanceCertificate loadPkcs12(Path file, @Nullable Path passphraseFile)
      throws CertificateProblem {
    return Pkcs12.load(file, passphraseFile);
  }

  /**
   * Writes the chain, and the key with mode 0600, creating the directories.
   *
   * @throws CertificateProblem if a file exists and must not be replaced, or cannot be written
   */
  public void write(Path chainFile, Path keyFile, OverwriteMode ifPresent)
      throws CertificateProblem {
    PemFiles.write(chainFile, chain, keyFile, Pem.text(key), ifPresent);
  }

  /** The certificates: the leaf first, if the file is correct. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** The certificates in the order of the file. */
  List<X509Certificate> found() {
    return found;
  }

  /**
   * Returns the certificates to send to clients: the chain without expired certificates that
   * verification does not need, and without those that follow them.
   */
  public List<X509Certificate> served(Instant at) {
    return validity(at).useful(at);
  }

  /**
   * Returns when the chain is valid.
   *
   * @param at instant before which a certificate that does not belong to the chain must have
   *     expired
   */
  public ChainValidity validity(Instant at) {
    return new ChainValidity(ChainOrder.of(chain, at).chain());
  }

  /** The first certificate of the chain. */
  public X509Certificate leaf() {
    return chain.getFirst();
  }

  /** The leaf's private key, if the files are correct. */
  public PrivateKey key() {
    return key;
  }

  /** The details of the leaf. */
  public CertificateDetails details() {
    return details;
  }

  /** The leaf's dNSNames, lower-case. */
  public List<String> names() {
    return details.names();
  }

  /**
   * Returns whether a client that asks for the host accepts the leaf: by dNSName only, a wildcard
   * standing for exactly one label (RFC 9525 section 6.3). As in gorouter, the subject's CN is
   * ignored.
   *
   * @param hostName in upper or lower case; one trailing dot is ignored
   */
  public boolean covers(String hostName) {
    return coveringNames.stream().anyMatch(name -> name.covers(hostName));
  }

  /**
   * Returns those of the host names that a certificate does not cover, see {@link #covers}.
   *
   * @throws CertificateProblem if its subjectAltName is malformed
   */
  public static List<String> namesNotCovered(
      X509Certificate certificate, Collection<String> hostNames) throws CertificateProblem {
    List<DnsName> covering =
        CertificateDetails.of(certificate).names().stream()
            .filter(DnsName::isValid)
            .map(DnsName::new)
            .toList();
    return hostNames.stream()
        .filter(host -> covering.stream().noneMatch(name -> name.covers(host)))
        .toList();
  }

  /** The leaf's first instant of validity. */
  public Instant notBefore() {
    return details.notBefore();
  }

  /** The leaf's last instant of validity. */
  public Instant notAfter() {
    return details.notAfter();
  }

  /** Whether the key belongs to the leaf: of a pair that is being replaced it may not. */
  public boolean isPair() {
    return KeyType.isPair(leaf().getPublicKey(), key);
  }

  /** Returns for how long it was issued, without the time by which its begin was set back. */
  public Duration life() {
    Duration whole = Duration.between(notBefore(), notAfter());
    Duration asked = whole.minus(CertificateAuthority.BACKDATING);
    return asked.isPositive() ? asked : whole;
  }

  /** See {@link CertificateDetails#daysLeft}. */
  public long daysLeft(Instant at) {
    return details.daysLeft(at);
  }

  /** The type of the leaf's key. */
  public KeyType keyType() {
    return details.keyType();
  }

  /** See {@link CertificateDetails#sha256Fingerprint}. */
  public String sha256Fingerprint() {
    return details.sha256Fingerprint();
  }

  /** The leaf's subject, RFC 2253. */
  public String subject() {
    return details.subject();
  }

  /** The leaf's issuer, RFC 2253. */
  public String issuer() {
    return details.issuer();
  }

  Set<DnsName> coveringNames() {
    return coveringNames;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof InstanceCertificate that
        && found.equals(that.found)
        && key.equals(that.key)
        && Objects.equals(staple, that.staple);
  }

  @Override
  public int hashCode() {
    return chain.hashCode();
  }

  /** Subject and fingerprint; never the key. */
  @Override
  public String toString() {
    return subject() + " " + sha256Fingerprint();
  }
}
