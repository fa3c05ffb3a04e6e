package io.harborgateway.benchmarks.compare;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.DnsName;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.OverwriteMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Instances, each with a certificate of its own (EC P-256): a folder of files NAME.pem that have
 * the chain and the key. The first one is {@link Stage#GUID}.
 *
 * @param folder in which nothing else is
 */
record Instances(Path folder, List<String> guids) {
  private static final String DOMAIN = ".registry.example.com";

  /** Issues so many certificates, one after the other. */
  static Instances issue(Path parent, int count) throws IOException {
    Path folder = Files.createDirectory(parent.resolve("instances-" + count));
    List<String> guids = new ArrayList<>();
    try {
      Instant now = Instant.now();
      var authority =
          CertificateAuthority.create("bench CA", KeyType.EC_P256, now, Duration.ofDays(60));
      for (int i = 0; i < count; i++) {
        String guid = i == 0 ? Stage.GUID : new UUID(0x4000L + i, i).toString();
        guids.add(guid);
        var request =
            new IssueRequest(
                List.of(DnsName.parse(guid + DOMAIN)),
                List.of(),
                KeyType.EC_P256,
                now,
                Duration.ofDays(50));
        Path chain = parent.resolve("issued.crt");
        Path key = parent.resolve("issued.key");
        authority.issue(request).write(chain, key, OverwriteMode.REPLACE);
        Files.writeString(pem(folder, guid), Files.readString(chain) + Files.readString(key));
      }
    } catch (CertificateProblem e) {
      throw new IOException(e);
    }
    return new Instances(folder, List.copyOf(guids));
  }

  int count() {
    return guids.size();
  }

  /** Returns so many names, spread over all. */
  List<String> names(int most) {
    int step = Math.max(1, count() / most);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count() && names.size() < most; i += step) {
      names.add(guids.get(i) + DOMAIN);
    }
    return names;
  }

  /** Returns the first ones, in a folder of their own. */
  Instances first(int few) throws IOException {
    Path own = Files.createDirectories(folder.resolveSibling("instances-first-" + few));
    for (String guid : guids.subList(0, few)) {
      Path file = pem(own, guid);
      if (!Files.exists(file)) {
        Files.copy(pem(folder, guid), file);
      }
    }
    return new Instances(own, guids.subList(0, few));
  }

  /**
   * Returns the gateway's instances: the first by itself, those behind it in a catalogue, as an
   * operator would have thousands.
   */
  String yaml() throws IOException {
    String guid = guids.getFirst();
    String first =
        """
          - guid: %1$s
            domain: %2$s
            certificate: {chain: "%3$s", key: "%3$s"}
        """
            .formatted(guid, DOMAIN.substring(1), pem(folder, guid));
    return guids.size() == 1 ? first : first + catalogue(guids.subList(1, guids.size()));
  }

  private String catalogue(List<String> others) throws IOException {
    Path certificates = folder.resolveSibling(folder.getFileName() + "-catalogue");
    if (!Files.exists(certificates)) {
      Files.createDirectories(certificates);
      for (String guid : others) {
        Files.createLink(certificates.resolve(guid + ".crt"), pem(folder, guid));
        Files.createLink(certificates.resolve(guid + ".key"), pem(folder, guid));
      }
    }
    Path list = folder.resolveSibling(folder.getFileName() + "-catalogue.txt");
    Files.write(list, others);
    return """
    catalogue:
      file: "%s"
      domain: %s
      certificates: "%s"
    """
        .formatted(list, DOMAIN.substring(1), certificates);
  }

  private static Path pem(Path folder, String guid) {
    return folder.resolve(guid + DOMAIN + ".pem");
  }
}
