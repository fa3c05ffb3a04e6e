package io.harborgateway.certs;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When the certificates of a chain are valid, as far as a verification needs them.
 *
 * <p>A certificate behind the leaf whose end does not end the chain is <em>spare</em>: a root,
 * which clients have themselves; one that is not the leaf's own issuer, since the keys of these are
 * often certified twice, by a root that clients trust and by an older one (cross-signing); and an
 * issuer that had ended before the leaf was issued, so that there must be another certificate of
 * its key. Once a spare one has ended, no client verifies through it, so it is left out of what is
 * sent, with all that stands behind it.
 */
final class ChainValidity {
  private final List<X509Certificate> chain;

  /** Judges a chain that is in order, see {@link ChainOrder}. */
  ChainValidity(List<X509Certificate> chain) {
    this.chain = chain;
  }

  /** The first instant at which all that is sent at the chain's end is valid. */
  Instant from() {
    return chain.stream()
        .map(certificate -> certificate.getNotBefore().toInstant())
        .max(Instant::compareTo)
        .orElse(Instant.MIN);
  }

  /** The last instant at which all that is needed is valid. */
  Instant until() {
    Instant until = Instant.MAX;
    for (int i = 0; i < chain.size(); i++) {
      Instant end = end(chain.get(i));
      if (!isSpare(i) && end.isBefore(until)) {
        until = end;
      }
    }
    return until;
  }

  /** What is to be sent: the chain as far as it is of use at this instant. */
  List<X509Certificate> useful(Instant at) {
    return chain.subList(0, firstEndedSpare(at));
  }

  /** The certificate that ends what is of use, if it is not the chain's end. */
  Optional<X509Certificate> endedSpare(Instant at) {
    int first = firstEndedSpare(at);
    return first == chain.size() ? Optional.empty() : Optional.of(chain.get(first));
  }

  private int firstEndedSpare(Instant at) {
    for (int i = 1; i < chain.size(); i++) {
      if (isSpare(i) && end(chain.get(i)).isBefore(at)) {
        return i;
      }
    }
    return chain.size();
  }

  private boolean isSpare(int index) {
    X509Certificate certificate = chain.get(index);
    return index > 1
        || (index == 1
            && (certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
                || end(certificate).isBefore(chain.getFirst().getNotBefore().toInstant())));
  }

  private static Instant end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }
}
