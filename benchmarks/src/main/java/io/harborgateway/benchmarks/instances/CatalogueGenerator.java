package io.harborgateway.benchmarks.instances;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.DnsName;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes a gateway's configuration with many instances: each with a certificate and a P-256 key of
 * its own, by one CA. Run with {@code DIR COUNT UPSTREAM_PORT HTTPS_PORT [ADMIN_PORT]}: DIR then
 * has gateway.yml, instances.list, ca.crt and certificates/GUID.crt and .key. The GUIDs are the
 * same in each run ({@link #guid}); the first instance's name is {@code guid(0) + "." + DOMAIN}.
 *
 * <p>No file is synced: 100,000 instances take about a minute on two cores.
 */
public final class CatalogueGenerator {
  /** The domain of all instances. */
  public static final String DOMAIN = "registry.example.com";

  private static final Duration VALIDITY = Duration.ofDays(365);

  private CatalogueGenerator() {}

  /**
   * Writes all.
   *
   * @param arguments see above
   */
  public static void main(String[] arguments) throws IOException, CertificateProblem {
    if (arguments.length < 4 || arguments.length > 5) {
      System.err.println(
          "usage: CatalogueGenerator DIR COUNT UPSTREAM_PORT HTTPS_PORT [ADMIN_PORT]");
      System.exit(64);
    }
    Path folder = Path.of(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    write(folder, count);
    Files.writeString(
        folder.resolve("gateway.yml"),
        yaml(arguments[2], arguments[3], arguments.length == 5 ? arguments[4] : "8070"));
  }

  /** Writes the list and the certificates of {@code count} instances. */
  public static void write(Path folder, int count) throws IOException, CertificateProblem {
    Path certificates = Files.createDirectories(folder.resolve("certificates"));
    Instant now = Instant.now();
    var authority =
        CertificateAuthority.create("many instances", KeyType.EC_P256, now, VALIDITY.plusDays(1));
    Files.writeString(folder.resolve("ca.crt"), Pem.text(List.of(authority.certificate())));
    Files.writeString(
        folder.resolve("instances.list"),
        IntStream.range(0, count)
            .mapToObj(CatalogueGenerator::guid)
            .collect(Collectors.joining("\n", "", "\n")));
    IntStream.range(0, count).parallel().forEach(i -> write(certificates, i, authority, now));
  }

  private static void write(Path folder, int index, CertificateAuthority authority, Instant now) {
    String guid = guid(index);
    try {
      var request =
          new IssueRequest(
              List.of(new DnsName(guid + "." + DOMAIN)), List.of(), KeyType.EC_P256, now, VALIDITY);
      var certificate = authority.issue(request);
      Files.writeString(folder.resolve(guid + ".crt"), Pem.text(certificate.chain()));
      Files.writeString(folder.resolve(guid + ".key"), Pem.text(certificate.key()));
    } catch (IOException | CertificateProblem e) {
      throw new IllegalStateException(guid, e);
    }
  }

  /** Returns the GUID of the instance with this number. */
  public static String guid(int index) {
    // Spread, as those of a broker are.
    long spread = (index + 1) * 0x9E3779B97F4A7C15L;
    return new UUID(spread, Long.reverse(spread)).toString();
  }

  private static String yaml(String upstreamPort, String httpsPort, String adminPort) {
    return """
    catalogue:
      file: instances.list
      domain: %s
      certificates: certificates

    listeners:
      - name: https
        address: 127.0.0.1
        port: %s
        protocol: https
        upstream:
          address: 127.0.0.1:%s

    admin:
      port: %s

    logging:
      access-log:
        format: "off"
    """
        .formatted(DOMAIN, httpsPort, upstreamPort, adminPort);
  }
}
