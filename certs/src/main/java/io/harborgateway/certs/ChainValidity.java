package io.harborgateway.certs;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The validity period of a chain, considering only the certificates that verification needs. Since
 * the client's trust store is not known here, a certificate falls into one of three classes:
 *
 * <ul>
 *   <li><em>Spare</em> is whatever follows a root, and a cross-signed certificate of a public
 *       root's key: clients have that root themselves.
 *   <li><em>Doubtful</em> is a root at the end of the chain, for which clients may have a newer
 *       certificate, and a certificate that expired before one in front of it was issued, with
 *       everything that follows it: since the chain is in use, there should be a newer certificate
 *       of the same key.
 *   <li>Everything else is needed: when it expires, so does the chain.
 * </ul>
 *
 * A spare or doubtful certificate that has expired is not sent, nor is anything after it: no client
 * verifies through it.
 */
public final class ChainValidity {
  private enum Need {
    NEEDED,
    DOUBTFUL,
    SPARE
  }

  private final List<X509Certificate> chain;

  /** Classifies the certificates of a chain that is in order, see {@link ChainOrder}. */
  ChainValidity(List<X509Certificate> chain) {
    this.chain = chain;
  }

  /** Returns the first instant at which all certificates are valid. */
  public Instant from() {
    return latestBegin(chain.size());
  }

  /** Returns the last instant at which all needed certificates are valid. */
  public Instant until() {
    Instant until = Instant.MAX;
    for (int i = 0; i < chain.size(); i++) {
      // Checked last: this may have to load the list of public roots.
      if (end(i).isBefore(until) && need(i) == Need.NEEDED) {
        until = end(i);
      }
    }
    return until;
  }

  /**
   * Returns the doubtful certificate that expires first, if that is before {@link #until}: from
   * then on it is not known here whether clients can verify the chain.
   */
  public Optional<X509Certificate> doubtful() {
    Instant first = until();
    X509Certificate doubtful = null;
    for (int i = 1; i < chain.size(); i++) {
      if (end(i).isBefore(first) && need(i) == Need.DOUBTFUL) {
        first = end(i);
        doubtful = chain.get(i);
      }
    }
    return Optional.ofNullable(doubtful);
  }

  boolean isDoubtful(X509Certificate certificate) {
    return need(chain.indexOf(certificate)) == Need.DOUBTFUL;
  }

  /** Returns the certificates to send: the part of the chain that is of use at this instant. */
  List<X509Certificate> useful(Instant at) {
    return chain.subList(0, firstEndedSpare(at));
  }

  /** Returns the expired certificate at which {@link #useful} cuts off the chain, if it does. */
  Optional<X509Certificate> endedSpare(Instant at) {
    int first = firstEndedSpare(at);
    return first == chain.size() ? Optional.empty() : Optional.of(chain.get(first));
  }

  private int firstEndedSpare(Instant at) {
    for (int i = 1; i < chain.size(); i++) {
      if (end(i).isBefore(at) && need(i) != Need.NEEDED) {
        return i;
      }
    }
    return chain.size();
  }

  private Need need(int index) {
    if (index == 0) {
      return Need.NEEDED;
    }
    X509Certificate certificate = chain.get(index);
    if (isRoot(chain.get(index - 1)) || PublicRoots.replace(certificate)) {
      return Need.SPARE;
    }
    Need front = need(index - 1);
    if (index > 1 && front != Need.NEEDED) {
      return front;
    }
    return isRoot(certificate) || hadEndedBeforeAnIssue(index) ? Need.DOUBTFUL : Need.NEEDED;
  }

  private boolean hadEndedBeforeAnIssue(int index) {
    Instant issue = latestBegin(index);
    for (int i = index; i < chain.size(); i++) {
      if (end(i).isAfter(issue)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the latest {@code notBefore} of the certificates in front of this index. */
  private Instant latestBegin(int index) {
    return chain.stream()
        .limit(index)
        .map(certificate -> certificate.getNotBefore().toInstant())
        .max(Instant::compareTo)
        .orElse(Instant.MIN);
  }

  private static boolean isRoot(X509Certificate certificate) {
    return ChainOrder.isSignedBy(certificate, certificate);
  }

  private Instant end(int index) {
    return chain.get(index).getNotAfter().toInstant();
  }
}
