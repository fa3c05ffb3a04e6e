package io.harborgateway.cli;

import io.harborgateway.certs.AuthorityRequest;
import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.DnsName;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.OverwriteMode;
import io.harborgateway.certs.Pin;
import io.harborgateway.tls.RouterHandshake;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import picocli.CommandLine.Command;

/**
 * {@code certs self-test}: goes the whole way from a root to a handshake on this machine, with this
 * JVM and this TLS library.
 */
@Command(
    name = "self-test",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = CertsTask.BAD_INPUT,
    description =
        "Makes a CA, an intermediate CA and certificates of it in a temporary folder, and proves"
            + " them by handshakes with the gateway's TLS. Ends with 1 if one is not as it should"
            + " be.")
final class CertsSelfTest extends CertsTask {
  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

  private int failed;

  @Override
  int run(PrintWriter out) throws CertificateProblem {
    try {
      Path folder = Files.createTempDirectory("harbor-gateway-self-test");
      try {
        test(folder, out);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new CertificateProblem("temporary folder: " + e + " (expected: a writable one)");
    }
    out.println(failed == 0 ? "all is as it should be" : failed + " not as it should be");
    return failed == 0 ? DONE : ExitCode.FAILED;
  }

  private void test(Path folder, PrintWriter out) throws CertificateProblem, IOException {
    Instant now = Instant.now();
    CertificateAuthority root =
        CertificateAuthority.create(
            new AuthorityRequest("self-test root", KeyType.EC_P256, now, Duration.ofDays(3), 1));
    Path passphrase =
        Files.writeString(
            Files.createFile(
                folder.resolve("passphrase"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
            UUID.randomUUID().toString());
    Path caCertificate = folder.resolve("ca.crt");
    Path caKey = folder.resolve("ca.key");
    root.issue(
            new AuthorityRequest(
                "self-test intermediate", KeyType.RSA_2048, now, Duration.ofDays(2), 0))
        .write(caCertificate, caKey, passphrase, OverwriteMode.REFUSE);
    CertificateAuthority ca = CertificateAuthority.load(caCertificate, caKey, passphrase);
    out.println("made a root, and an intermediate CA whose key is encrypted; read it again");
    String guid = UUID.randomUUID().toString();
    List<String> names = List.of(guid + ".self.test", guid + ".images.self.test");
    for (KeyType type : List.of(KeyType.RSA_2048, KeyType.EC_P256)) {
      Path chain = folder.resolve(type.algorithm() + ".crt");
      Path key = folder.resolve(type.algorithm() + ".key");
      ca.issue(request(names, type, now)).write(chain, key, OverwriteMode.REFUSE);
      expect(
          "rw-------".equals(PosixFilePermissions.toString(Files.getPosixFilePermissions(key))),
          type + ": its key can be read by its owner only",
          out);
      handshakes(InstanceCertificate.load(chain, key), root.certificate(), names, out);
      refusals(InstanceCertificate.load(chain, key), root.certificate(), names, out);
      InstanceCertificate before = InstanceCertificate.load(chain, key);
      InstanceCertificate renewed =
          ca.issueWithKeyOf(before, IssueRequest.renewalOf(before, now, null));
      expect(
          Pin.of(renewed.leaf()).equals(Pin.of(before.leaf())),
          type + ": renewed with the same key",
          out);
      handshakes(renewed, root.certificate(), names, out);
    }
  }

  private static IssueRequest request(List<String> names, KeyType type, Instant from) {
    return new IssueRequest(
        names.stream().map(DnsName::new).toList(), List.of(), type, from, Duration.ofDays(1));
  }

  private void handshakes(
      InstanceCertificate certificate, X509Certificate root, List<String> names, PrintWriter out) {
    for (String version : VERSIONS) {
      for (String name : names) {
        try {
          String how = RouterHandshake.of(certificate, root, name, version);
          expect(true, "%s: %s for %s".formatted(certificate.keyType(), how, name), out);
        } catch (SSLException e) {
          expect(
              false, "%s: %s for %s: %s".formatted(certificate.keyType(), version, name, e), out);
        }
      }
    }
  }

  private void refusals(
      InstanceCertificate certificate, X509Certificate root, List<String> names, PrintWriter out)
      throws CertificateProblem {
    KeyType type = certificate.keyType();
    X509Certificate stranger =
        CertificateAuthority.create("stranger", type, Instant.now(), Duration.ofDays(1))
            .certificate();
    expect(
        isRefused(certificate, stranger, names.getFirst()),
        type + ": refused by a client of another CA",
        out);
    expect(
        isRefused(certificate, root, "other.self.test"),
        type + ": refused by a client that asks for another name",
        out);
  }

  private static boolean isRefused(
      InstanceCertificate certificate, X509Certificate root, String name) {
    try {
      RouterHandshake.of(certificate, root, name, VERSIONS.getFirst());
      return false;
    } catch (SSLException e) {
      return true;
    }
  }

  private void expect(boolean holds, String what, PrintWriter out) {
    failed += holds ? 0 : 1;
    out.println((holds ? "ok: " : "FAILED: ") + what);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
