package io.harborgateway.cli;

import io.harborgateway.certs.CertificateCheck;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.DnsName;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.snapshot.Certificates;
import io.harborgateway.tls.TlsContexts;
import io.harborgateway.tls.TlsSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code certs check}: the same check that the gateway makes before it announces a route. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = CertsTask.BAD_INPUT,
    description = "Checks a chain and its key; prints every problem, and ends with 64 if any.")
@SuppressWarnings("NullAway.Init") // picocli sets the options before it runs the command
final class CertsCheck extends CertsTask {
  @ArgGroup(multiplicity = "1")
  private Form form;

  /** The form in which the certificate comes. */
  static final class Form {
    @Option(
        names = "--pkcs12",
        required = true,
        paramLabel = "FILE",
        description = "A PKCS#12 file with the certificates and the key.")
    private @Nullable Path pkcs12;

    @ArgGroup(exclusive = false)
    private @Nullable PemForm pem;
  }

  /** PEM files. */
  static final class PemForm {
    @Option(
        names = "--chain",
        required = true,
        paramLabel = "FILE",
        description = "The certificates, the leaf first.")
    private Path chain;

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description = "The leaf's private key (default: in the file of --chain).")
    private @Nullable Path key;
  }

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "The first line is the passphrase of the key, or of the PKCS#12 file.")
  private @Nullable Path passphrase;

  @Option(
      names = "--name",
      arity = "1..*",
      paramLabel = "N",
      converter = CertsOptions.Name.class,
      description = "Host names that it must cover.")
  private List<DnsName> names = new ArrayList<>();

  @Override
  int run(PrintWriter out) throws CertificateProblem {
    InstanceCertificate certificate = load();
    Instant now = Instant.now();
    var check = new CertificateCheck(names.stream().map(DnsName::text).toList(), now);
    List<Finding> found = check.problems(certificate);
    List<String> problems = new ArrayList<>(found.stream().map(Finding::message).toList());
    if (Certificates.lasting(found) == null) {
      prove(certificate, problems);
    }
    problems.forEach(problem -> out.printf("problem: %s%n", problem));
    check.hints(certificate).forEach(hint -> out.printf("hint: %s%n", hint.message()));
    if (problems.isEmpty()) {
      out.printf(
          "ok: %s, %d days left%n",
          String.join(", ", certificate.names()), certificate.daysLeft(now));
    }
    return problems.isEmpty() ? DONE : BAD_INPUT;
  }

  private InstanceCertificate load() throws CertificateProblem {
    PemForm pem = form.pem;
    return pem == null
        ? InstanceCertificate.loadPkcs12(Objects.requireNonNull(form.pkcs12), passphrase)
        : InstanceCertificate.load(
            pem.chain, Objects.requireNonNullElse(pem.key, pem.chain), passphrase);
  }

  private void prove(InstanceCertificate certificate, List<String> problems) {
    try {
      TlsContexts.prove(
          CertificateSet.of(certificate),
          names.stream().map(DnsName::text).toList(),
          TlsSettings.INTERMEDIATE);
    } catch (SSLException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
  }
}
