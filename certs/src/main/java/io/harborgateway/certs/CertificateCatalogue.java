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
 * <p>A name that several certificates carry goes to the one that is valid longest (the greatest
 * {@code notAfter}): a renewed certificate that lies beside the old one takes over, whatever the
 * order of the files. Among equally long ones the first of the list wins. A name that is carried
 * exactly beats a wildcard, whatever their ends. The clock has no part in it, so a snapshot does
 * not change by itself: leave out what {@link CertificateCheck} rejects, above all what is not
 * valid yet.
 */
public final class CertificateCatalogue {
  private final List<InstanceCertificate> certificates;
  private final Map<String, InstanceCertificate> byName;
  private final List<Duplicate> duplicates;

  /**
   * A name that more than one certificate carries.
   *
   * @param name exact or wildcard, as the certificates have it
   * @param used the certificate that the catalogue answers with
   * @param unused the one that this name does not lead to
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
   * The certificate for a host: by its exact name, else by the wildcard one label above.
   *
   * @param hostName lower-case, without a trailing dot
   */
  public Optional<InstanceCertificate> find(String hostName) {
    // A literal "*.name" is a key of the map but no host.
    InstanceCertificate exact = hostName.startsWith("*") ? null : byName.get(hostName);
    return Optional.ofNullable(exact != null ? exact : byName.get(DnsName.wildcardAbove(hostName)));
  }

  /** All certificates, in the order given, also those that no name leads to. */
  public List<InstanceCertificate> certificates() {
    return certificates;
  }

  /** What the rule above decided, for the log: in the order of the certificates, then of names. */
  public List<Duplicate> duplicates() {
    return duplicates;
  }
}
