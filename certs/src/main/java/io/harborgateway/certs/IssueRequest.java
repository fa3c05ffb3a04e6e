package io.harborgateway.certs;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a certificate is asked for.
 *
 * @param names its dNSNames, at least one; the first becomes the CN where that fits
 * @param ipAddresses its iPAddresses, mostly none
 * @param keyType of the new key
 * @param from the instant of issue; the certificate begins {@link CertificateAuthority#BACKDATING}
 *     earlier
 * @param validity from that instant on, positive
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
   * An RSA certificate for host names, which every gorouter accepts.
   *
   * @throws CertificateProblem if a name is none
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
