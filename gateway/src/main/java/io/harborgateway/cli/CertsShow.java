package io.harborgateway.cli;

import io.harborgateway.certs.CertificateDetails;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Pem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code certs show}. A file that cannot be read does not hide the others. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = CertsTask.BAD_INPUT,
    description = "Shows every certificate of PEM files.")
@SuppressWarnings("NullAway.Init") // picocli sets the parameters before it runs the command
final class CertsShow extends CertsTask {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "PEM files.")
  private List<Path> files;

  @Override
  int run(PrintWriter out) {
    int exitCode = DONE;
    for (Path file : files) {
      try {
        int number = 1;
        for (X509Certificate certificate : Pem.certificates(file)) {
          out.printf("%s, certificate %d%n", file, number++);
          show(CertificateDetails.of(certificate), out);
          line(out, "serial", certificate.getSerialNumber().toString(16));
          int pathLength = certificate.getBasicConstraints();
          line(
              out,
              "CA",
              pathLength < 0
                  ? "no"
                  : pathLength == Integer.MAX_VALUE ? "yes" : "yes, path length " + pathLength);
        }
      } catch (CertificateProblem e) {
        report(e);
        exitCode = BAD_INPUT;
      }
    }
    return exitCode;
  }

  private static void show(CertificateDetails details, PrintWriter out) {
    line(out, "subject", details.subject());
    line(out, "issuer", details.issuer());
    line(out, "names", String.join(", ", details.names()));
    line(out, "addresses", String.join(", ", details.ipAddresses()));
    line(
        out,
        "valid",
        "%s to %s (%d days left)"
            .formatted(details.notBefore(), details.notAfter(), details.daysLeft(Instant.now())));
    line(out, "key", details.keyType().toString());
    line(out, "SHA-256", details.sha256Fingerprint());
    line(out, "pin", details.pin().toString());
  }

  private static void line(PrintWriter out, String label, String value) {
    out.printf("  %-9s  %s%n", label, value.isEmpty() ? "-" : value);
  }
}
