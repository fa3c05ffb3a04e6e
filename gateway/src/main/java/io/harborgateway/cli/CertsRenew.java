package io.harborgateway.cli;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.OverwriteMode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code certs renew}. Made for cron: before it is time it does nothing, successfully. */
@Command(
    name = "renew",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = CertsTask.BAD_INPUT,
    description =
        "Replaces a certificate of this CA by one with the same names and type of key, if it is in"
            + " the last third of its life.")
@SuppressWarnings("NullAway.Init") // picocli sets the options before it runs the command
final class CertsRenew extends CertsTask {
  @Mixin private CertsAuthority ca;

  @Option(
      names = "--chain",
      required = true,
      paramLabel = "FILE",
      description = "The certificates, the leaf first; replaced.")
  private Path chain;

  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description = "The leaf's private key; replaced.")
  private Path key;

  @Option(
      names = "--days",
      paramLabel = "N",
      converter = CertsOptions.Days.class,
      description = "Days of validity (default: as many as it had).")
  private @Nullable Duration validity;

  @Option(names = "--keep-key", description = "With the same key, so that a pin of it stays true.")
  private boolean keepKey;

  @Option(
      names = "--force",
      description = "Also before its last third, and by another CA than before.")
  private boolean force;

  @Override
  int run(PrintWriter out) throws CertificateProblem {
    InstanceCertificate before = InstanceCertificate.load(chain, key);
    Instant now = Instant.now();
    Instant due = before.notAfter().minus(before.life().dividedBy(3));
    if (!force && now.isBefore(due)) {
      out.printf("%s: not due before %s (--force renews it now)%n", chain, due);
      return DONE;
    }
    CertificateAuthority authority = ca.load();
    String signer = authority.certificate().getSubjectX500Principal().getName();
    if (!force && !before.issuer().equals(signer)) {
      throw new CertificateProblem(
          "%s: issued by %s (expected: by %s, or --force)"
              .formatted(chain, before.issuer(), signer));
    }
    IssueRequest request = IssueRequest.renewalOf(before, now, validity);
    InstanceCertificate issued =
        keepKey ? authority.issueWithKeyOf(before, request) : authority.issue(request);
    CertsIssue.requireUsable(authority, issued, now);
    issued.write(chain, key, OverwriteMode.REPLACE);
    CertsIssue.report(chain, key, issued, out);
    return DONE;
  }
}
