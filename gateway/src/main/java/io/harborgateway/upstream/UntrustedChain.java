package io.harborgateway.upstream;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Determines why a chain is not trusted: its dates, its authority, or a missing certificate. */
final class UntrustedChain {
  private UntrustedChain() {}

  /**
   * Returns the failure to report.
   *
   * @param chain as the upstream sent it, its own certificate first
   * @param failure the failure from PKIX
   */
  static CertificateException explain(
      List<X509Certificate> chain,
      List<X509Certificate> authorities,
      Instant now,
      CertificateException failure) {
    for (X509Certificate each : chain) {
      Instant end = each.getNotAfter().toInstant();
      Instant begin = each.getNotBefore().toInstant();
      if (end.isBefore(now)) {
        return (CertificateException)
            new CertificateExpiredException(
                    "expired: the certificate %s ended at %s".formatted(subject(each), end))
                .initCause(failure);
      }
      if (begin.isAfter(now)) {
        return (CertificateException)
            new CertificateNotYetValidException(
                    "not yet valid: the certificate %s begins at %s"
                        .formatted(subject(each), begin))
                .initCause(failure);
      }
    }
    String missing = missing(chain, authorities);
    return missing == null
        ? new UntrustedException(
            TlsFault.UNTRUSTED, "not trusted: " + failure.getMessage(), failure)
        : new UntrustedException(TlsFault.UNKNOWN_CA, missing, failure);
  }

  /** Returns why the chain does not end at an authority; null if it does. */
  private static @Nullable String missing(
      List<X509Certificate> chain, List<X509Certificate> authorities) {
    X509Certificate last = chain.getFirst();
    for (int steps = 0; steps <= chain.size(); steps++) {
      X509Certificate current = last;
      if (authorities.stream().anyMatch(authority -> isSignedBy(current, authority))) {
        return null;
      }
      X509Certificate issuer = issuer(current, chain);
      if (issuer == null) {
        return endsAt(current, chain.getFirst(), authorities);
      }
      last = issuer;
    }
    return null;
  }

  private static String endsAt(
      X509Certificate last, X509Certificate leaf, List<X509Certificate> authorities) {
    String expected =
        authorities.stream().map(UntrustedChain::subject).collect(Collectors.joining(" or "));
    String issuer = last.getIssuerX500Principal().getName();
    if (last.getIssuerX500Principal().equals(last.getSubjectX500Principal())) {
      return last.equals(leaf)
          ? "wrong CA: %s is self-signed (expected: signed by %s)".formatted(issuer, expected)
          : "wrong CA: signed by %s (expected: %s)".formatted(issuer, expected);
    }
    if (authorities.stream()
        .anyMatch(a -> a.getSubjectX500Principal().equals(last.getIssuerX500Principal()))) {
      return "wrong CA: %s is signed by another key than that of the trusted %s"
          .formatted(subject(last), issuer);
    }
    return ("incomplete chain or wrong CA: %s is signed by %s, which the upstream did not send"
            + " (expected: a chain that ends at %s)")
        .formatted(subject(last), issuer, expected);
  }

  private static @Nullable X509Certificate issuer(
      X509Certificate certificate, List<X509Certificate> chain) {
    return chain.stream()
        .filter(each -> !each.equals(certificate) && isSignedBy(certificate, each))
        .findFirst()
        .orElse(null);
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // a wrong signature, or one that this type of key cannot have made
    }
  }

  private static String subject(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }
}
