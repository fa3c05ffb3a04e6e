package io.harborgateway.certs;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A chain in the order that TLS 1.2 requires (RFC 5246 section 7.4.2): the leaf first, each
 * certificate followed by the one that signed it. A certificate that does not belong to the chain
 * is left out: it is of no use to any client.
 *
 * @param chain the certificates in that order; as found, if they do not form a chain
 * @param leftOut certificates that do not belong to the chain
 * @param problems what could not be repaired
 */
record ChainOrder(
    List<X509Certificate> chain, List<X509Certificate> leftOut, List<Finding> problems) {
  private ChainOrder(List<X509Certificate> chain, List<Finding> problems) {
    this(chain, List.of(), problems);
  }

  /**
   * Returns the certificates in order, each once, if there is one in which each is signed by the
   * next; otherwise as found. Costs next to nothing if they are in order already.
   */
  static List<X509Certificate> repaired(List<X509Certificate> found) {
    List<X509Certificate> distinct = found.stream().distinct().toList();
    if (isNamedInOrder(distinct)) {
      return distinct;
    }
    List<X509Certificate> ordered = ordered(distinct);
    return ordered.size() == distinct.size() && brokenLinks(ordered).isEmpty() ? ordered : distinct;
  }

  private static boolean isNamedInOrder(List<X509Certificate> found) {
    for (int i = 0; i + 1 < found.size(); i++) {
      if (!found
          .get(i)
          .getIssuerX500Principal()
          .equals(found.get(i + 1).getSubjectX500Principal())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Leaves out of the certificates, which are {@linkplain #repaired in order}, what does not belong
   * to the chain.
   *
   * @param at instant before which a certificate must have expired to be left out
   */
  static ChainOrder of(List<X509Certificate> found, Instant at) {
    List<Finding> broken = brokenLinks(found);
    if (broken.isEmpty()) {
      return new ChainOrder(found, List.of());
    }
    // The second attempt finds the valid path where an issuer also has an expired certificate.
    for (var part : List.of(signers(found), withoutEnded(found, at))) {
      List<X509Certificate> rest = new ArrayList<>(found);
      part.forEach(rest::remove);
      if (rest.stream().allMatch(c -> hasEnded(c, at)) && brokenLinks(part).isEmpty()) {
        return new ChainOrder(part, List.copyOf(rest), List.of());
      }
    }
    // Clients pass over what does not belong (RFC 8446 section 4.4.2), if the issuer is there.
    List<X509Certificate> signers = signers(found);
    if (signers.size() > 1 && brokenLinks(signers).isEmpty()) {
      List<X509Certificate> rest = new ArrayList<>(found);
      signers.forEach(rest::remove);
      return new ChainOrder(signers, List.copyOf(rest), List.of());
    }
    return new ChainOrder(found, broken);
  }

  /** Returns the first certificate, followed by each that signed the one before it. */
  private static List<X509Certificate> signers(List<X509Certificate> found) {
    List<X509Certificate> signers = new ArrayList<>(List.of(found.getFirst()));
    for (X509Certificate next : found.subList(1, found.size())) {
      if (isSignedBy(signers.getLast(), next)) {
        signers.add(next);
      }
    }
    return signers;
  }

  private static List<X509Certificate> withoutEnded(List<X509Certificate> found, Instant at) {
    List<X509Certificate> rest = new ArrayList<>(found.subList(1, found.size()));
    rest.removeIf(certificate -> hasEnded(certificate, at));
    rest.addFirst(found.getFirst());
    return rest;
  }

  private static boolean hasEnded(X509Certificate certificate, Instant at) {
    return certificate.getNotAfter().toInstant().isBefore(at);
  }

  private static List<Finding> brokenLinks(List<X509Certificate> chain) {
    List<Finding> broken = new ArrayList<>();
    for (int i = 0; i + 1 < chain.size(); i++) {
      X509Certificate certificate = chain.get(i);
      X509Certificate next = chain.get(i + 1);
      if (!isSignedBy(certificate, next)) {
        broken.add(
            broken(
                "certificate %d, %s, is not signed by the next, %s (expected: its issuer %s)"
                    .formatted(
                        i + 1,
                        CertificateDetails.subject(certificate),
                        CertificateDetails.subject(next),
                        certificate.getIssuerX500Principal().getName())));
      } else if (next.getBasicConstraints() < 0) {
        broken.add(
            broken(
                "certificate %d, %s, is no CA but signs the one before it (expected: a CA)"
                    .formatted(i + 2, CertificateDetails.subject(next))));
      }
    }
    return broken;
  }

  /** Follows the issuers from the one certificate that issued no other until none is left. */
  private static List<X509Certificate> ordered(List<X509Certificate> found) {
    List<X509Certificate> rest = new ArrayList<>(found);
    List<X509Certificate> leaves =
        found.stream()
            .filter(c -> found.stream().noneMatch(o -> !o.equals(c) && isSignedBy(o, c)))
            .toList();
    List<X509Certificate> ordered = new ArrayList<>();
    X509Certificate next = leaves.size() == 1 ? leaves.getFirst() : null;
    while (next != null) {
      X509Certificate current = next;
      rest.remove(current);
      ordered.add(current);
      next = rest.stream().filter(c -> isSignedBy(current, c)).findFirst().orElse(null);
    }
    return ordered;
  }

  static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      // A wrong signature, or one that this issuer's type of key cannot have made.
      return false;
    }
  }

  private static Finding broken(String message) {
    return new Finding(Finding.Kind.CHAIN_BROKEN, message);
  }

  static String subjects(List<X509Certificate> chain) {
    return chain.stream().map(CertificateDetails::subject).collect(Collectors.joining(" → "));
  }
}
