package io.harborgateway.certs;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Decides whether a certificate can serve an instance's names now. Whether a client trusts its CA
 * is up to the client and not checked here.
 *
 * @param requiredNames host names that the certificate must cover; if empty, it must have at least
 *     one name
 * @param at instant of the check
 * @param guard validity that must remain at that instant; not negative
 */
public record CertificateCheck(Collection<String> requiredNames, Instant at, Duration guard) {
  /** Enough time to withdraw a route and drain before clients begin to fail. */
  public static final Duration DEFAULT_GUARD = Duration.ofMinutes(5);

  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String ANY_EXTENDED_USAGE = "2.5.29.37.0";
  // Index of the digitalSignature bit, RFC 5280 section 4.2.1.3.
  private static final int DIGITAL_SIGNATURE = 0;

  public CertificateCheck {
    if (guard.isNegative()) {
      throw new IllegalArgumentException("guard: " + guard + " (expected: >= 0)");
    }
    requiredNames = List.copyOf(requiredNames);
  }

  /** A check with the default guard. */
  public CertificateCheck(Collection<String> requiredNames, Instant at) {
    this(requiredNames, at, DEFAULT_GUARD);
  }

  /** Returns all: what keeps the certificates from being used, then what does not. */
  public List<Finding> findings(CertificateSet certificates) {
    List<Finding> all = new ArrayList<>(problems(certificates));
    all.addAll(hints(certificates));
    return List.copyOf(all);
  }

  /** Returns everything that keeps the certificate from being used; empty if it can be. */
  public List<Finding> problems(InstanceCertificate certificate) {
    ChainOrder order = ChainOrder.of(certificate.chain(), at);
    List<Finding> problems = new ArrayList<>(order.problems());
    X509Certificate leaf = order.chain().getFirst();
    String refusal = ServableKeys.refusal(leaf.getPublicKey());
    if (refusal != null) {
      problems.add(keyNotUsable(leaf, refusal));
    } else if (!KeyType.isPair(leaf.getPublicKey(), certificate.key())) {
      problems.add(
          new Finding(
              Finding.Kind.KEY_MISMATCH,
              "private key (%s) does not belong to %s (expected: the %s key of that certificate)"
                  .formatted(
                      certificate.key().getAlgorithm(),
                      CertificateDetails.subject(leaf),
                      KeyType.of(leaf.getPublicKey()))));
    }
    List<X509Certificate> useful = new ChainValidity(order.chain()).useful(at.plus(guard));
    addNameProblems(leaf, certificate, problems);
    useful.forEach(c -> addValidityProblem(c, problems));
    addUsageProblems(leaf, problems);
    addIssuersUsageProblems(useful, problems);
    addNameConstraintProblems(useful, problems);
    addIssuerProblems(useful, problems);
    useful.forEach(c -> addExtensionProblem(c, problems));
    return List.copyOf(problems);
  }

  /**
   * Returns everything that keeps the certificates from being used. Of two, each finding names the
   * key type that it concerns.
   */
  public List<Finding> problems(CertificateSet certificates) {
    return each(certificates, this::problems);
  }

  /** Returns what works, but not as well as it looks; see {@link #hints(InstanceCertificate)}. */
  public List<Finding> hints(CertificateSet certificates) {
    List<Finding> hints = each(certificates, this::hints);
    return certificates.all().size() == 1
        ? hints
        : hints.stream().filter(hint -> hint.kind() != Finding.Kind.NOT_FOR_RSA_SUITES).toList();
  }

  private static List<Finding> each(
      CertificateSet certificates, Function<InstanceCertificate, List<Finding>> findings) {
    if (certificates.all().size() == 1) {
      return findings.apply(certificates.main());
    }
    return certificates.all().stream()
        .flatMap(each ->
            findings.apply(each).stream()
                .map(found ->
                    new Finding(found.kind(), each.keyType() + " certificate: " + found.message())))
        .toList();
  }

  /** Returns what works, but not with every client or not the way it looks. */
  public List<Finding> hints(InstanceCertificate certificate) {
    ChainOrder order = ChainOrder.of(certificate.chain(), at);
    List<X509Certificate> chain = order.chain();
    List<Finding> hints = new ArrayList<>();
    KeyType keyType = KeyType.of(chain.getFirst().getPublicKey());
    if (!keyType.algorithm().equals("RSA")) {
      hints.add(
          new Finding(
              Finding.Kind.NOT_FOR_RSA_SUITES,
              "%s key: gorouter reaches it by TLS 1.3 only, its default TLS 1.2 suites need RSA"
                      .formatted(keyType)
                  + " (expected: RSA, or routers with TLS 1.3)"));
    }
    addOrderHint(certificate, hints);
    addIssuerHint(chain.getLast(), hints);
    OcspStaple staple = certificate.staple();
    String unusable = staple == null ? null : staple.problem(at);
    if (unusable != null) {
      hints.add(
          new Finding(
              Finding.Kind.STAPLE_NOT_SENT,
              "the OCSP response %s is not sent: %s".formatted(staple, unusable)));
    }
    var validity = new ChainValidity(chain);
    validity.endedSpare(at.plus(guard)).ifPresent(spare -> hints.add(hint(spare, validity)));
    order
        .leftOut()
        .forEach(extra ->
            hints.add(
                notSent(
                    "%s, which signed no certificate of the chain and ends at %s, is not sent",
                    extra)));
    return List.copyOf(hints);
  }

  private static void addOrderHint(InstanceCertificate certificate, List<Finding> hints) {
    if (!certificate.found().equals(certificate.chain())) {
      hints.add(
          new Finding(
              Finding.Kind.CHAIN_OUT_OF_ORDER,
              "chain in the order %s, sent in the right one (expected: %s)"
                  .formatted(
                      ChainOrder.subjects(certificate.found()),
                      ChainOrder.subjects(certificate.chain()))));
    }
  }

  /** A private CA, whose certificates seldom say where their issuer is, is the clients' own. */
  private static void addIssuerHint(X509Certificate last, List<Finding> hints) {
    String address = isSelfIssued(last) ? null : IssuerAddress.of(last);
    if (address != null && !PublicRoots.has(last.getIssuerX500Principal())) {
      hints.add(
          new Finding(
              Finding.Kind.ISSUER_NOT_SENT,
              "the chain ends with %s, without its issuer %s, which is at %s (expected: the issuer, too,"
                      .formatted(
                          CertificateDetails.subject(last),
                          last.getIssuerX500Principal().getName(),
                          address)
                  + " unless all clients have it)"));
    }
  }

  private static Finding hint(X509Certificate spare, ChainValidity validity) {
    return validity.isDoubtful(spare)
        ? notSent(
            "%s ends at %s and is not sent; whether routers trust another certificate of its key"
                + " is not known here",
            spare)
        : notSent("%s, behind what verification needs, ends at %s and is not sent", spare);
  }

  private static Finding notSent(String format, X509Certificate certificate) {
    return new Finding(
        Finding.Kind.SPARE_NOT_SENT,
        format.formatted(
                CertificateDetails.subject(certificate), certificate.getNotAfter().toInstant())
            + " (expected: a chain without it)");
  }

  private static void addExtensionProblem(X509Certificate certificate, List<Finding> problems) {
    Set<String> unknown = CriticalExtensions.unknown(certificate);
    if (!unknown.isEmpty()) {
      problems.add(
          new Finding(
              Finding.Kind.UNKNOWN_EXTENSION,
              "%s has the critical extension %s, for which clients refuse it"
                      .formatted(
                          CertificateDetails.subject(certificate), String.join(", ", unknown))
                  + " (expected: such as RFC 5280 defines)"));
    }
  }

  private static void addIssuerProblems(List<X509Certificate> chain, List<Finding> problems) {
    for (int i = 0; i < chain.size(); i++) {
      X509Certificate certificate = chain.get(i);
      String subject = CertificateDetails.subject(certificate);
      String refusal = i == 0 ? null : ServableKeys.refusalOfIssuer(certificate.getPublicKey());
      if (refusal != null) {
        problems.add(keyNotUsable(certificate, refusal));
      }
      String signature = certificate.getSigAlgName();
      // Nobody verifies a root's own signature.
      if (isWeak(signature) && !isSelfIssued(certificate)) {
        problems.add(
            new Finding(
                Finding.Kind.WEAK_SIGNATURE,
                "%s is signed by %s, which clients refuse (expected: SHA-256 or longer)"
                    .formatted(subject, signature)));
      }
    }
  }

  /**
   * Goes by the JDK's names, such as {@code SHA1withRSA}, without a regex that startup would have
   * to compile.
   */
  private static boolean isWeak(String signature) {
    return signature.startsWith("SHA1with") || signature.startsWith("MD");
  }

  private static Finding keyNotUsable(X509Certificate certificate, String refusal) {
    return new Finding(
        Finding.Kind.KEY_NOT_USABLE, CertificateDetails.subject(certificate) + ": " + refusal);
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private void addNameProblems(
      X509Certificate leaf, InstanceCertificate certificate, List<Finding> problems) {
    InstanceCertificate named;
    try {
      named = InstanceCertificate.of(List.of(leaf), certificate.key());
    } catch (CertificateProblem e) {
      problems.add(new Finding(Finding.Kind.NAME_NOT_COVERED, String.valueOf(e.getMessage())));
      return;
    }
    String found = named.names().isEmpty() ? "no dNSName" : String.join(", ", named.names());
    if (requiredNames.isEmpty() && named.names().isEmpty()) {
      problems.add(
          new Finding(
              Finding.Kind.NAME_NOT_COVERED,
              "%s has no dNSName (expected: at least one)".formatted(named.subject())));
    }
    for (String name : requiredNames) {
      if (!named.covers(name)) {
        problems.add(
            new Finding(
                Finding.Kind.NAME_NOT_COVERED,
                "%s has the names: %s (expected: also %s)"
                    .formatted(named.subject(), found, name)));
      }
    }
  }

  private void addValidityProblem(X509Certificate certificate, List<Finding> problems) {
    Instant notBefore = certificate.getNotBefore().toInstant();
    Instant notAfter = certificate.getNotAfter().toInstant();
    String subject = CertificateDetails.subject(certificate);
    if (at.isBefore(notBefore)) {
      problems.add(
          new Finding(
              Finding.Kind.NOT_YET_VALID,
              "%s is valid from %s (expected: valid at %s)".formatted(subject, notBefore, at)));
    }
    if (at.isAfter(notAfter)) {
      problems.add(
          new Finding(
              Finding.Kind.EXPIRED,
              "%s expired at %s (expected: valid at %s)".formatted(subject, notAfter, at)));
    } else if (at.plus(guard).isAfter(notAfter)) {
      problems.add(
          new Finding(
              Finding.Kind.EXPIRES_SOON,
              "%s expires at %s (expected: at least %d s after %s)"
                  .formatted(subject, notAfter, guard.toSeconds(), at)));
    }
  }

  private static void addExtendedUsageProblem(X509Certificate certificate, List<Finding> problems) {
    String subject = CertificateDetails.subject(certificate);
    try {
      List<String> usages = certificate.getExtendedKeyUsage();
      if (usages != null && !usages.contains(SERVER_AUTH) && !usages.contains(ANY_EXTENDED_USAGE)) {
        problems.add(
            notAServer(subject + " has extended key usage " + usages + " (expected: serverAuth)"));
      }
    } catch (CertificateParsingException e) {
      problems.add(notAServer(subject + " has a malformed extended key usage (expected: OIDs)"));
    }
  }

  private static void addUsageProblems(X509Certificate leaf, List<Finding> problems) {
    String subject = CertificateDetails.subject(leaf);
    addExtendedUsageProblem(leaf, problems);
    if (leaf.getBasicConstraints() >= 0) {
      problems.add(notAServer(subject + " is a CA (expected: a certificate that a CA has issued)"));
    }
    // TLS 1.3 and the ECDHE suites sign with the key (RFC 8446 section 4.4.2.2).
    boolean[] usage = leaf.getKeyUsage();
    if (usage != null && !usage[DIGITAL_SIGNATURE]) {
      problems.add(
          notAServer(subject + " has a key usage for other ends (expected: digitalSignature)"));
    }
  }

  /** As in Go: a CA with extended key usages issues certificates for these only. */
  private static void addIssuersUsageProblems(List<X509Certificate> chain, List<Finding> problems) {
    for (X509Certificate issuer : chain.subList(1, chain.size())) {
      addExtendedUsageProblem(issuer, problems);
    }
  }

  private static void addNameConstraintProblems(
      List<X509Certificate> chain, List<Finding> problems) {
    for (X509Certificate issuer : chain.subList(1, chain.size())) {
      String refusal = NameConstraints.refusal(issuer, chain.getFirst());
      if (refusal != null) {
        problems.add(new Finding(Finding.Kind.NAME_NOT_PERMITTED, refusal));
      }
    }
  }

  private static Finding notAServer(String message) {
    return new Finding(Finding.Kind.NOT_A_SERVER_CERTIFICATE, message);
  }
}
