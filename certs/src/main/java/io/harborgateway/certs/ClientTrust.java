package io.harborgateway.certs;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Decides which clients' certificates are accepted, as Go and OpenSSL would: the path (RFC 5280
 * section 6), the validity of all its certificates and of the CA, the extended key usage of all its
 * certificates; then revocation and who is allowed. Immutable.
 *
 * @param authorities the CAs; a path ends at one of them
 * @param lists a certificate whose CA has none is not checked for revocation
 * @param subjects the allowed subjects; empty: any
 * @param names the allowed alternative names: host names, {@code *.} and a host name, URIs, IP
 *     addresses or e-mail addresses, of which the certificate must have one; empty: any
 */
public record ClientTrust(
    List<X509Certificate> authorities,
    List<RevocationList> lists,
    List<X500Principal> subjects,
    List<String> names) {
  /** Most certificates that a client may send: more only cost time. */
  public static final int MOST_CERTIFICATES = 10;

  /** Most intermediate CAs of a path, as of the JDK's. */
  public static final int MOST_INTERMEDIATES = 5;

  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_EXTENDED_USAGE = "2.5.29.37.0";
  // Indexes of bits, RFC 5280 section 4.2.1.3.
  private static final int DIGITAL_SIGNATURE = 0;

  private static final Integer DNS_NAME = 2; // tag of GeneralName, RFC 5280 section 4.2.1.6

  private static final String WILDCARD = "*.";

  public ClientTrust {
    authorities = List.copyOf(authorities);
    lists = List.copyOf(lists);
    subjects = List.copyOf(subjects);
    names = List.copyOf(names);
  }

  /**
   * Returns if the client is accepted. Takes the CPU time of a few signatures.
   *
   * @param sent the chain as the client sent it, its own certificate first
   */
  public void check(List<X509Certificate> sent, Instant now) throws ClientRefusedException {
    if (sent.size() > MOST_CERTIFICATES) {
      throw new ClientRefusedException(
          ClientRefusal.CHAIN_TOO_LONG, "the client sent %d certificates".formatted(sent.size()));
    }
    List<X509Certificate> path = path(sent, now);
    checkValidity(path, now);
    checkPath(path, now);
    checkUsage(path);
    checkRevocation(withIssuers(path, now));
    checkAllowed(path.getFirst());
  }

  /** Returns a list that is no longer current, or null: its entries still count. */
  public @Nullable RevocationList outdatedList(Instant now) {
    for (RevocationList list : lists) {
      if (list.isOutdated(now)) {
        return list;
      }
    }
    return null;
  }

  /** Returns the path from the client's certificate to one of the authorities, both included. */
  private List<X509Certificate> path(List<X509Certificate> sent, Instant now)
      throws ClientRefusedException {
    List<X509Certificate> path = new ArrayList<>();
    X509Certificate last = sent.getFirst();
    path.add(last);
    while (path.size() <= MOST_INTERMEDIATES + 1) {
      X509Certificate authority = issuer(last, authorities, now);
      if (authority != null) {
        path.add(authority);
        return path;
      }
      X509Certificate next = issuer(last, sent, now);
      if (next == null || path.contains(next)) {
        throw new ClientRefusedException(
            ClientRefusal.UNKNOWN_CA,
            "%s is signed by %s, which is not trusted"
                .formatted(CertificateDetails.subject(last), issuerName(last)));
      }
      path.add(next);
      last = next;
    }
    throw new ClientRefusedException(
        ClientRefusal.CHAIN_TOO_LONG,
        "more than %d intermediate CAs".formatted(MOST_INTERMEDIATES));
  }

  private static String issuerName(X509Certificate certificate) {
    return certificate.getIssuerX500Principal().getName();
  }

  /** Returns the issuer, one that is valid now if there are several; null if it is not there. */
  private static @Nullable X509Certificate issuer(
      X509Certificate certificate, List<X509Certificate> candidates, Instant now) {
    X509Certificate found = null;
    for (X509Certificate each : candidates) {
      if (each.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
          && (found == null || isValid(each, now))
          && isSignedBy(certificate, each)) {
        found = each;
        if (isValid(each, now)) {
          break;
        }
      }
    }
    return found;
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // another signature, or one that this type of key cannot have made
    }
  }

  private static boolean isValid(X509Certificate certificate, Instant now) {
    return !certificate.getNotAfter().toInstant().isBefore(now)
        && !certificate.getNotBefore().toInstant().isAfter(now);
  }

  private static void checkValidity(List<X509Certificate> path, Instant now)
      throws ClientRefusedException {
    for (X509Certificate each : path) {
      if (each.getNotAfter().toInstant().isBefore(now)) {
        throw new ClientRefusedException(
            ClientRefusal.EXPIRED,
            "%s ended at %s"
                .formatted(CertificateDetails.subject(each), each.getNotAfter().toInstant()));
      }
      if (each.getNotBefore().toInstant().isAfter(now)) {
        throw new ClientRefusedException(
            ClientRefusal.NOT_YET_VALID,
            "%s begins at %s"
                .formatted(CertificateDetails.subject(each), each.getNotBefore().toInstant()));
      }
    }
  }

  private static void checkPath(List<X509Certificate> path, Instant now)
      throws ClientRefusedException {
    try {
      var parameters = new PKIXParameters(Set.of(new TrustAnchor(path.getLast(), null)));
      parameters.setRevocationEnabled(false); // checkRevocation does
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509")
                  .generateCertPath(path.subList(0, path.size() - 1)),
              parameters);
    } catch (GeneralSecurityException e) {
      throw new ClientRefusedException(ClientRefusal.UNTRUSTED, String.valueOf(e.getMessage()));
    }
  }

  /** The CA's own certificate counts, too. */
  private static void checkUsage(List<X509Certificate> path) throws ClientRefusedException {
    X509Certificate leaf = path.getFirst();
    boolean[] usage = leaf.getKeyUsage();
    if (usage != null && !usage[DIGITAL_SIGNATURE]) {
      throw new ClientRefusedException(
          ClientRefusal.WRONG_USAGE, "its key usage has no digitalSignature");
    }
    for (X509Certificate each : path) {
      List<String> extended = extendedUsage(each);
      if (extended != null
          && !extended.contains(CLIENT_AUTH)
          && !extended.contains(ANY_EXTENDED_USAGE)) {
        throw new ClientRefusedException(
            ClientRefusal.WRONG_USAGE,
            "the extended key usage of %s has no clientAuth"
                .formatted(CertificateDetails.subject(each)));
      }
    }
  }

  private static @Nullable List<String> extendedUsage(X509Certificate certificate)
      throws ClientRefusedException {
    try {
      return certificate.getExtendedKeyUsage();
    } catch (CertificateParsingException e) {
      throw new ClientRefusedException(ClientRefusal.UNTRUSTED, "malformed extended key usage");
    }
  }

  /**
   * Returns the path with those that have issued its CA, as far as they are authorities, too: their
   * lists may revoke it.
   */
  private List<X509Certificate> withIssuers(List<X509Certificate> path, Instant now) {
    List<X509Certificate> longer = new ArrayList<>(path);
    for (int i = 0; i < MOST_INTERMEDIATES && !lists.isEmpty(); i++) {
      X509Certificate issuer = issuer(longer.getLast(), authorities, now);
      if (issuer == null || longer.contains(issuer)) {
        break;
      }
      longer.add(issuer);
    }
    return longer;
  }

  private void checkRevocation(List<X509Certificate> path) throws ClientRefusedException {
    for (int i = 0; i < path.size() - 1 && !lists.isEmpty(); i++) {
      X509Certificate each = path.get(i);
      X509Certificate issuer = path.get(i + 1);
      if (lists.stream().anyMatch(list -> list.revokes(each, issuer))) {
        throw new ClientRefusedException(
            ClientRefusal.REVOKED,
            "%s, serial %s, is revoked"
                .formatted(CertificateDetails.subject(each), each.getSerialNumber().toString(16)));
      }
    }
  }

  private void checkAllowed(X509Certificate leaf) throws ClientRefusedException {
    if (!subjects.isEmpty() && !subjects.contains(leaf.getSubjectX500Principal())) {
      throw new ClientRefusedException(
          ClientRefusal.NOT_ALLOWED,
          "the subject %s is not allowed".formatted(CertificateDetails.subject(leaf)));
    }
    if (!names.isEmpty() && alternativeNames(leaf).stream().noneMatch(this::isAllowed)) {
      throw new ClientRefusedException(
          ClientRefusal.NOT_ALLOWED,
          "no alternative name of %s is allowed".formatted(CertificateDetails.subject(leaf)));
    }
  }

  private static Collection<List<?>> alternativeNames(X509Certificate leaf)
      throws ClientRefusedException {
    try {
      Collection<List<?>> all = leaf.getSubjectAlternativeNames();
      return all == null ? List.of() : all;
    } catch (CertificateParsingException e) {
      throw new ClientRefusedException(ClientRefusal.UNTRUSTED, "malformed alternative names");
    }
  }

  private boolean isAllowed(List<?> alternativeName) {
    if (!(alternativeName.get(1) instanceof String name)) {
      return false;
    }
    if (!DNS_NAME.equals(alternativeName.getFirst())) {
      return names.contains(name);
    }
    int dot = name.indexOf('.');
    return names.stream()
        .anyMatch(allowed ->
            allowed.equalsIgnoreCase(name)
                || (allowed.startsWith(WILDCARD)
                    && dot > 0
                    && name.substring(dot).equalsIgnoreCase(allowed.substring(1))));
  }
}
