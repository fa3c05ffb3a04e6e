package io.harborgateway.cli;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.DnsName;
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
import picocli.CommandLine.Option;

/** {@code certs issue}. */
@Command(
    name = "issue",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = CertsTask.BAD_INPUT,
    description = "Issues a certificate: DIR/FIRST-NAME.crt (the chain) and DIR/FIRST-NAME.key.")
@SuppressWarnings("NullAway.Init") // picocli sets the options before it runs the command
final class CertsIssue extends CertsTask {
  @Option(
      names = "--ca-cert",
      required = true,
      paramLabel = "FILE",
      description = "The CA's certificate; an intermediate CA's is followed by its issuers.")
  private Path caCertificate;

  @Option(
      names = "--ca-key",
      required = true,
      paramLabel = "FILE",
      description = "The CA's private key.")
  private Path caKey;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private Path directory;

  @Option(
      names = "--name",
      required = true,
      arity = "1..*",
      paramLabel = "N",
      converter = CertsOptions.Name.class,
      description = "Its host names, or *.name.")
  private List<DnsName> names;

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
    CertificateAuthority authority = CertificateAuthority.load(caCertificate, caKey);
    InstanceCertificate issued =
        authority.issue(new IssueRequest(names, addresses, keyType, Instant.now(), validity));
    // A shell would expand a "*" in a file name.
    String fileName = names.getFirst().text().replace("*", "wildcard");
    Path chain = directory.resolve(fileName + ".crt");
    Path key = directory.resolve(fileName + ".key");
    issued.write(chain, key, force ? OverwriteMode.REPLACE : OverwriteMode.REFUSE);
    out.printf(
        "wrote %s: %s, valid until %s%n",
        chain, String.join(", ", issued.names()), issued.notAfter());
    out.printf("wrote %s: its private key (%s), mode 0600%n", key, issued.keyType());
    return DONE;
  }
}
