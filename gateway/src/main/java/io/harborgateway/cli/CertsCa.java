package io.harborgateway.cli;

import io.harborgateway.certs.AuthorityRequest;
import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateDetails;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.OverwriteMode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code certs ca}. Never replaces a CA: everything it has issued would no longer be trusted. */
@Command(
    name = "ca",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = CertsTask.BAD_INPUT,
    description = "Makes a CA, self-signed or signed by another one: DIR/ca.crt and DIR/ca.key.")
@SuppressWarnings("NullAway.Init") // picocli sets the options before it runs the command
final class CertsCa extends CertsTask {
  private static final Duration USUAL = Duration.ofDays(3_650);

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private Path directory;

  @Option(
      names = "--name",
      paramLabel = "N",
      defaultValue = "harbor-gateway throw-away CA",
      description = "Its common name (default: ${DEFAULT-VALUE}).")
  private String name;

  @Option(
      names = "--key-type",
      paramLabel = "rsa|ec",
      defaultValue = "ec",
      converter = CertsOptions.Key.class,
      description = "RSA 2048 or EC P-256 (default: ${DEFAULT-VALUE}).")
  private KeyType keyType;

  @Option(
      names = "--days",
      paramLabel = "N",
      converter = CertsOptions.Days.class,
      description =
          "Days of validity (default: 3650, but not after the end of the CA that signs it).")
  private @Nullable Duration validity;

  @Option(
      names = "--path-length",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "How many CAs may stand between it and a leaf (default: ${DEFAULT-VALUE}, leaves only).")
  private int pathLength;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "Encrypts its key with the first line of this file.")
  private @Nullable Path passphrase;

  @ArgGroup(exclusive = false)
  private @Nullable Issuer issuer;

  /** The CA that signs an intermediate one. */
  @SuppressWarnings("NullAway.Init") // picocli sets the options before it runs the command
  static final class Issuer {
    @Option(
        names = "--issuer-cert",
        required = true,
        paramLabel = "FILE",
        description = "The certificate of the CA that signs it (default: it signs itself).")
    private Path certificate;

    @Option(
        names = "--issuer-key",
        required = true,
        paramLabel = "FILE",
        description = "That CA's private key, which others may not read.")
    private Path key;

    @Option(
        names = "--issuer-passphrase-file",
        paramLabel = "FILE",
        description = "Opens that key, if it is encrypted.")
    private @Nullable Path passphrase;
  }

  @Override
  int run(PrintWriter out) throws CertificateProblem {
    Path certificate = directory.resolve("ca.crt");
    Path key = directory.resolve("ca.key");
    Instant now = Instant.now();
    CertificateAuthority signer =
        issuer == null
            ? null
            : CertificateAuthority.load(issuer.certificate, issuer.key, issuer.passphrase);
    var request = new AuthorityRequest(name, keyType, now, validity(signer, now), pathLength);
    CertificateAuthority authority =
        signer == null ? CertificateAuthority.create(request) : signer.issue(request);
    authority.write(certificate, key, passphrase, OverwriteMode.REFUSE);
    CertificateDetails details = CertificateDetails.of(authority.certificate());
    out.printf(
        "wrote %s: CA %s%s, valid until %s%n",
        certificate,
        details.subject(),
        issuer == null ? "" : " by " + details.issuer(),
        details.notAfter());
    out.printf(
        "wrote %s: its private key%s, mode 0600%n", key, passphrase == null ? "" : ", encrypted");
    return DONE;
  }

  private Duration validity(@Nullable CertificateAuthority signer, Instant now) {
    if (validity != null) {
      return validity;
    }
    Duration left = signer == null ? USUAL : Duration.between(now, signer.notAfter());
    return left.compareTo(USUAL) < 0 ? left : USUAL;
  }
}
