package io.harborgateway.certs;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of one instance: one, or two with keys of different algorithms, of which each
 * handshake presents the one that the client can verify. Immutable.
 *
 * <p>An instance can be served while all of them can: otherwise some clients would be refused.
 *
 * @param all one or two; the first is shown where there is room for one only
 */
public record CertificateSet(List<InstanceCertificate> all) {
  public CertificateSet {
    all = List.copyOf(all);
    if (all.isEmpty() || all.size() > 2) {
      throw new IllegalArgumentException(all.size() + " certificates (expected: one or two)");
    }
  }

  /** A set of one. */
  public static CertificateSet of(InstanceCertificate only) {
    return new CertificateSet(List.of(only));
  }

  /**
   * Combines two certificates.
   *
   * @param alternative null: there is one only
   * @throws CertificateProblem if the keys of both are of one algorithm
   */
  public static CertificateSet of(
      InstanceCertificate main, @Nullable InstanceCertificate alternative)
      throws CertificateProblem {
    if (alternative == null) {
      return of(main);
    }
    if (main.keyType().isEc() == alternative.keyType().isEc()) {
      throw new CertificateProblem(
          "two certificates with %s and %s keys (expected: one with an RSA, one with an EC key)"
              .formatted(main.keyType(), alternative.keyType()));
    }
    return new CertificateSet(List.of(main, alternative));
  }

  /** The first one. */
  public InstanceCertificate main() {
    return all.getFirst();
  }

  /** Returns the first instant at which all of them are valid; see {@link ChainValidity#from}. */
  public Instant from(Instant at) {
    return all.stream().map(each -> each.validity(at).from()).max(Instant::compareTo).orElseThrow();
  }

  /** Returns the last instant at which all of them are valid; see {@link ChainValidity#until}. */
  public Instant until(Instant at) {
    return all.stream()
        .map(each -> each.validity(at).until())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /** See {@link ChainValidity#doubtful}: the first of all. */
  public Optional<X509Certificate> doubtful(Instant at) {
    return all.stream().flatMap(each -> each.validity(at).doubtful().stream()).findFirst();
  }

  /** Returns the fingerprints of all, for messages. */
  public String fingerprints() {
    return joined(InstanceCertificate::sha256Fingerprint);
  }

  /** Returns the key types of all, for messages. */
  public String keyTypes() {
    return joined(each -> each.keyType().toString());
  }

  /** Returns the last instant at which the leaves of all are valid. */
  public Instant notAfter() {
    return all.stream().map(InstanceCertificate::notAfter).min(Instant::compareTo).orElseThrow();
  }

  /** Returns the days left of the one that ends first; see {@link CertificateDetails#daysLeft}. */
  public long daysLeft(Instant at) {
    return all.stream().mapToLong(each -> each.daysLeft(at)).min().orElseThrow();
  }

  private String joined(Function<InstanceCertificate, String> text) {
    return String.join(" and ", all.stream().map(text).toList());
  }

  /** Subjects and fingerprints; never the keys. */
  @Override
  public String toString() {
    return joined(InstanceCertificate::toString);
  }
}
