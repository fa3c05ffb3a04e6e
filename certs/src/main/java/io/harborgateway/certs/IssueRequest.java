package io.harborgateway.certs;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A request for a certificate.
 *
 * @param names its dNSNames, at least one; the first becomes the CN if it fits
 * @param ipAddresses its iPAddresses, usually none
 * @param keyType type of the new key
 * @param from instant of issue; {@code notBefore} is {@link CertificateAuthority#BACKDATING}
 *     earlier
 * @param validity measured from that instant; positive
 */
public record IssueRequest(
    List<DnsName> names,
    List<InetAddress> ipAddresses,
    KeyType keyType,
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
