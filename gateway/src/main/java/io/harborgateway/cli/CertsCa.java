package io.harborgateway.cli;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateDetails;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.OverwriteMode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code certs ca}. Never replaces a CA: everything it has issued would no longer be trusted. */
@Command(
    name = "ca",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = CertsTask.BAD_INPUT,
    description = "Makes a throw-away CA: DIR/ca.crt and DIR/ca.key.")
@SuppressWarnings("NullAway.Init") // picocli sets the options before it runs the command
final class CertsCa extends CertsTask {
  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private Path directory;

  @Option(
      names = "--name",
      paramLabel = "N",
      defaultValue = "harbor-gateway throw-away CA",
      description = "Its common name (default: ${DEFAULT-VALUE}).")
  private String name;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "3650",
      converter = CertsOptions.Days.class,
      description = "Days of validity (default: ${DEFAULT-VALUE}).")
  private Duration validity;

  @Override
  int run(PrintWriter out) throws CertificateProblem {
    Path certificate = directory.resolve("ca.crt");
    Path key = directory.resolve("ca.key");
    CertificateAuthority authority =
        CertificateAuthority.create(name, KeyType.EC_P256, Instant.now(), validity);
    authority.write(certificate, key, OverwriteMode.REFUSE);
    CertificateDetails details = CertificateDetails.of(authority.certificate());
    out.printf(
        "wrote %s: CA %s, valid until %s%n", certificate, details.subject(), details.notAfter());
    out.printf("wrote %s: its private key, mode 0600%n", key);
    return DONE;
  }
}
