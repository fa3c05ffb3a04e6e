package io.harborgateway.certs;

import java.time.Duration;
import java.time.Instant;

/**
 * A request for a CA, self-signed or intermediate.
 *
 * @param commonName the subject's CN, 1 to 64 characters
 * @param keyType type of its new key
 * @param from start of validity; {@code notBefore} is {@link CertificateAuthority#BACKDATING}
 *     earlier
 * @param validity measured from that instant
 * @param pathLength number of CAs that may stand between it and a leaf; 0: it issues leaves only
 */
public record AuthorityRequest(
    String commonName, KeyType keyType, Instant from, Duration validity, int pathLength) {
  Instant notBefore() {
    return from.minus(CertificateAuthority.BACKDATING);
  }

  Instant notAfter() {
    return from.plus(validity);
  }

  void check() throws CertificateProblem {
    if (commonName.isBlank() || commonName.length() > CertificateTemplate.LONGEST_COMMON_NAME) {
      throw new CertificateProblem(
          "CA name \"%s\" (expected: 1 to 64 characters)".formatted(commonName));
    }
    if (!validity.isPositive()) {
      throw new CertificateProblem("CA validity %s (expected: > 0)".formatted(validity));
    }
    if (pathLength < 0) {
      throw new CertificateProblem("CA path length %d (expected: >= 0)".formatted(pathLength));
    }
  }
}
