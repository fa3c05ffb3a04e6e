package io.harborgateway.certs;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When the certificates of a chain are valid, as far as a verification needs them. What a client
 * trusts is not known here, so that there are three answers:
 *
 * <ul>
 *   <li><em>Spare</em> is what stands behind a root, and a certificate of a public root's key,
 *       which an older authority made (cross-signing): clients have that root themselves.
 *   <li><em>Doubtful</em> are a root at the chain's end, of which clients may have a newer
 *       certificate, and what had ended, with all behind it, before something in front of it was
 *       issued: somebody uses this chain, so there should be a newer certificate of the same key.
 *   <li>Everything else is needed: its end is the chain's end.
 * </ul>
 *
 * What is spare or doubtful and has ended is left out of what is sent, with all that stands behind
 * it: no client verifies through it.
 */
public final class ChainValidity {
  private enum Need {
    NEEDED,
    DOUBTFUL,
    SPARE
  }

  private final List<X509Certificate> chain;

  /** Judges a chain that is in order, see {@link ChainOrder}. */
  ChainValidity(List<X509Certificate> chain) {
    this.chain = chain;
  }

  /** Returns the first instant at which all certificates are valid. */
  public Instant from() {
    return latestBegin(chain.size());
  }

  /** Returns the last instant at which all that is needed is valid. */
  public Instant until() {
    Instant until = Instant.MAX;
    for (int i = 0; i < chain.size(); i++) {
      // The need is asked for last: the answer may take the list of public roots.
      if (end(i).isBefore(until) && need(i) == Need.NEEDED) {
        until = end(i);
      }
    }
    return until;
  }

  /**
   * Returns the doubtful certificate that ends first, if it ends before {@link #until}: from then
   * on it can't be known here whether clients verify the chain.
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

  /** Returns what is to be sent: the chain as far as it is of use at this instant. */
  List<X509Certificate> useful(Instant at) {
    return chain.subList(0, firstEndedSpare(at));
  }

  /** Returns the certificate that ends what is of use, if it is not the chain's end. */
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

  /** Of the certificates in front of this index. */
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
