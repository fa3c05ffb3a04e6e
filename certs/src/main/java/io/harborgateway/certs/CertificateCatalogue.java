package io.harborgateway.certs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * An immutable snapshot of certificates by the names they cover.
 *
 * <p>A name covered by several certificates goes to the one with the latest {@code notAfter}, so a
 * renewed certificate next to the old one takes over whatever the order of the files; on a tie the
 * first in the list wins. An exact name beats a wildcard, whatever their expiry. The clock plays no
 * part, so a snapshot never changes by itself: leave out what {@link CertificateCheck} rejects,
 * above all certificates that are not valid yet.
 */
public final class CertificateCatalogue {
  private final List<InstanceCertificate> certificates;
  private final Map<String, InstanceCertificate> byName;
  private final List<Duplicate> duplicates;

  /**
   * A name that more than one certificate covers.
   *
   * @param name exact or wildcard, as written in the certificates
   * @param used the certificate that the catalogue returns
   * @param unused the one that is not used for this name
   */
  public record Duplicate(String name, InstanceCertificate used, InstanceCertificate unused) {}

  private CertificateCatalogue(
      List<InstanceCertificate> certificates,
      Map<String, InstanceCertificate> byName,
      List<Duplicate> duplicates) {
    this.certificates = certificates;
    this.byName = byName;
    this.duplicates = duplicates;
  }

  /** Builds the snapshot. The same certificate given twice counts once. */
  public static CertificateCatalogue of(List<InstanceCertificate> certificates) {
    List<InstanceCertificate> distinct = certificates.stream().distinct().toList();
    Map<String, InstanceCertificate> byName = new HashMap<>();
    distinct.forEach(certificate -> claimNames(certificate, byName));
    return new CertificateCatalogue(distinct, Map.copyOf(byName), duplicates(distinct, byName));
  }

  private static void claimNames(
      InstanceCertificate certificate, Map<String, InstanceCertificate> byName) {
    for (DnsName name : certificate.coveringNames()) {
      byName.merge(
          name.text(),
          certificate,
          (holder, claimant) -> claimant.notAfter().isAfter(holder.notAfter()) ? claimant : holder);
    }
  }

  private static List<Duplicate> duplicates(
      List<InstanceCertificate> certificates, Map<String, InstanceCertificate> byName) {
    List<Duplicate> duplicates = new ArrayList<>();
    for (InstanceCertificate certificate : certificates) {
      // Sorted, so that two starts report the same lines.
      for (String name : new TreeSet<>(certificate.names())) {
        InstanceCertificate used = byName.get(name);
        if (used != null && !used.equals(certificate)) {
          duplicates.add(new Duplicate(name, used, certificate));
        }
      }
    }
    return List.copyOf(duplicates);
  }

  /**
   * Returns the certificate for a host: by its exact name, otherwise by the wildcard one label
   * above.
   *
   * @param hostName lower-case, without a trailing dot
   */
  public Optional<InstanceCertificate> find(String hostName) {
    // A literal "*.name" is a key of the map but not a host.
    InstanceCertificate exact = hostName.startsWith("*") ? null : byName.get(hostName);
    return Optional.ofNullable(exact != null ? exact : byName.get(DnsName.wildcardAbove(hostName)));
  }

  /** All certificates in the order given, including those not used for any name. */
  public List<InstanceCertificate> certificates() {
    return certificates;
  }

  /** The names decided by the rule above, for the log: ordered by certificate, then by name. */
  public List<Duplicate> duplicates() {
    return duplicates;
  }
}
