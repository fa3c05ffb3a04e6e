package io.harborgateway.demo;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.OverwriteMode;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Two throw-away CAs, as in a real deployment: the routers', which issued the instance's
 * certificate, and Harbor's own, which issued its nginx's.
 */
record DemoCertificates(
    X509Certificate routersCa,
    Path routersCaFile,
    Path instanceChainFile,
    Path instanceKeyFile,
    X509Certificate harborCa,
    Path harborCaFile,
    InstanceCertificate nginx) {
  private static final Duration VALIDITY = Duration.ofDays(7);

  static DemoCertificates issue(DemoFolder folder) throws CertificateProblem {
    CertificateAuthority routers = authority("harbor-gateway demo: the routers' CA");
    CertificateAuthority harbor = authority("harbor-gateway demo: Harbor's CA");
    InstanceCertificate instance = issue(routers, DemoInstance.names());
    Path chain = folder.file("instance.crt");
    Path key = folder.file("instance.key");
    instance.write(chain, key, OverwriteMode.REFUSE);
    return new DemoCertificates(
        routers.certificate(),
        written(routers, folder, "routers-ca"),
        chain,
        key,
        harbor.certificate(),
        written(harbor, folder, "harbor-ca"),
        issue(harbor, List.of(DemoInstance.HARBOR_NAME)));
  }

  private static CertificateAuthority authority(String name) throws CertificateProblem {
    return CertificateAuthority.create(name, KeyType.EC_P256, Instant.now(), VALIDITY.plusDays(1));
  }

  private static InstanceCertificate issue(CertificateAuthority authority, List<String> names)
      throws CertificateProblem {
    return authority.issue(IssueRequest.forNames(names, Instant.now(), VALIDITY));
  }

  private static Path written(CertificateAuthority authority, DemoFolder folder, String name)
      throws CertificateProblem {
    Path file = folder.file(name + ".crt");
    authority.write(file, folder.file(name + ".key"), OverwriteMode.REFUSE);
    return file;
  }
}
