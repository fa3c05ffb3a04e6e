package io.harborgateway.cli;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateProblem;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code certs} commands that say which CA signs. */
@SuppressWarnings("NullAway.Init") // picocli sets the options before it runs the command
final class CertsAuthority {
  @Option(
      names = "--ca-cert",
      required = true,
      paramLabel = "FILE",
      description = "The CA's certificate; an intermediate CA's is followed by its issuers.")
  private Path certificate;

  @Option(
      names = "--ca-key",
      required = true,
      paramLabel = "FILE",
      description = "The CA's private key, which others may not read.")
  private Path key;

  @Option(
      names = "--ca-passphrase-file",
      paramLabel = "FILE",
      description = "Opens the CA's key, if that is encrypted: the first line.")
  private @Nullable Path passphrase;

  CertificateAuthority load() throws CertificateProblem {
    return CertificateAuthority.load(certificate, key, passphrase);
  }
}
