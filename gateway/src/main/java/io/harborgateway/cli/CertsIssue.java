package io.harborgateway.cli;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.DnsName;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.OverwriteMode;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code certs issue}. */
@Command(
    name = "issue",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = CertsTask.BAD_INPUT,
    description =
        "Issues a certificate: DIR/F.crt (the chain) and DIR/F.key, F being the GUID or the first"
            + " name.")
@SuppressWarnings("NullAway.Init") // picocli sets the options before it runs the command
final class CertsIssue extends CertsTask {
  @Mixin private CertsAuthority ca;
  @Mixin private CertsNames names;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private Path directory;

  @Option(
      names = "--ip",
      arity = "1..*",
      paramLabel = "A",
      converter = CertsOptions.Address.class,
      description = "Its IP addresses (default: none).")
  private List<InetAddress> addresses = new ArrayList<>();

  @Option(
      names = "--key-type",
      paramLabel = "rsa|ec",
      defaultValue = "rsa",
      converter = CertsOptions.Key.class,
      description = "RSA 2048, or EC P-256 for routers with TLS 1.3 (default: ${DEFAULT-VALUE}).")
  private KeyType keyType;

  @Option(
      names = "--client-auth",
      description = "For a TLS client, too; otherwise for a server only.")
  private boolean clientAuth;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "365",
      converter = CertsOptions.Days.class,
      description = "Days of validity (default: ${DEFAULT-VALUE}).")
  private Duration validity;

  @Option(names = "--force", description = "Replace files that are there.")
  private boolean force;

  @Override
  int run(PrintWriter out) throws CertificateProblem {
    List<DnsName> all = names.all();
    Path chain = directory.resolve(names.file() + ".crt");
    Path key = directory.resolve(names.file() + ".key");
    CertificateAuthority authority = ca.load();
    Instant now = Instant.now();
    InstanceCertificate issued =
        authority.issue(new IssueRequest(all, addresses, keyType, clientAuth, now, validity));
    requireUsable(authority, issued, now);
    issued.write(chain, key, force ? OverwriteMode.REPLACE : OverwriteMode.REFUSE);
    report(chain, key, issued, out);
    return DONE;
  }

  /** Nothing is written that clients would refuse because of the CA. */
  static void requireUsable(CertificateAuthority authority, InstanceCertificate issued, Instant now)
      throws CertificateProblem {
    List<Finding> problems = authority.problems(issued, now);
    if (!problems.isEmpty()) {
      throw new CertificateProblem("not issued: " + problems.getFirst().message());
    }
  }

  static void report(Path chain, Path key, InstanceCertificate issued, PrintWriter out) {
    out.printf(
        "wrote %s: %s, valid until %s%n",
        chain, String.join(", ", issued.names()), issued.notAfter());
    out.printf("wrote %s: its private key (%s), mode 0600%n", key, issued.keyType());
  }
}
