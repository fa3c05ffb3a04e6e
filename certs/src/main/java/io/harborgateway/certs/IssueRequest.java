package io.harborgateway.certs;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for a certificate.
 *
 * @param names its dNSNames, at least one; the first becomes the CN if it fits
 * @param ipAddresses its iPAddresses, usually none
 * @param keyType type of the new key
 * @param clientAuth whether it is also for a TLS client, not only for a server
 * @param from instant of issue; {@code notBefore} is {@link CertificateAuthority#BACKDATING}
 *     earlier
 * @param validity measured from that instant; positive
 */
public record IssueRequest(
    List<DnsName> names,
    List<InetAddress> ipAddresses,
    KeyType keyType,
    boolean clientAuth,
    Instant from,
    Duration validity) {
  public IssueRequest {
    names = List.copyOf(names);
    ipAddresses = List.copyOf(ipAddresses);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("names: none (expected: at least one)");
    }
    if (!validity.isPositive()) {
      throw new IllegalArgumentException("validity: " + validity + " (expected: > 0)");
    }
  }

  /** A request for a certificate of a TLS server. */
  public IssueRequest(
      List<DnsName> names,
      List<InetAddress> ipAddresses,
      KeyType keyType,
      Instant from,
      Duration validity) {
    this(names, ipAddresses, keyType, false, from, validity);
  }

  /**
   * Requests a certificate like another one: same names, addresses, purposes and type of key.
   *
   * @param validity null: as long as that of the other
   * @throws CertificateProblem if the other is not one that could be requested
   */
  public static IssueRequest renewalOf(
      InstanceCertificate before, Instant from, @Nullable Duration validity)
      throws CertificateProblem {
    if (before.names().isEmpty()) {
      throw new CertificateProblem(before.subject() + ": no names (expected: at least one)");
    }
    List<DnsName> names = new ArrayList<>();
    for (String name : before.names()) {
      names.add(DnsName.parse(name));
    }
    return new IssueRequest(
        names,
        before.details().ipAddresses().stream().map(InetAddress::ofLiteral).toList(),
        before.keyType(),
        CertificateTemplate.isForClients(before.leaf()),
        from,
        validity == null ? before.life() : validity);
  }

  /**
   * Requests an RSA certificate, which every gorouter accepts, for host names.
   *
   * @throws CertificateProblem if a name is not a DNS name
   */
  public static IssueRequest forNames(List<String> names, Instant from, Duration validity)
      throws CertificateProblem {
    List<DnsName> parsed = new ArrayList<>();
    for (String name : names) {
      parsed.add(DnsName.parse(name));
    }
    return new IssueRequest(parsed, List.of(), KeyType.RSA_2048, from, validity);
  }
}
