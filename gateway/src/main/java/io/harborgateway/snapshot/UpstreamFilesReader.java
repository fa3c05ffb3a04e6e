package io.harborgateway.snapshot;

import io.harborgateway.certs.CertificateCheck;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.Pem;
import io.harborgateway.certs.Pin;
import io.harborgateway.config.UpstreamTlsConfig;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files that TLS to the upstreams needs. On a refresh, one with a problem keeps its
 * previous content. Blocks.
 */
final class UpstreamFilesReader {
  private final @Nullable UpstreamFiles previous;
  private final boolean isRefresh;
  private final Instant now;
  private final List<Problem> sourceProblems;
  private final List<Problem> warnings;
  private final Map<Path, List<X509Certificate>> authorities = new HashMap<>();
  private final Map<UpstreamFiles.Pair, InstanceCertificate> pairs = new HashMap<>();

  /**
   * @param sourceProblems receives problems of files that keep their previous content
   * @param warnings receives what may not work for long
   */
  UpstreamFilesReader(
      @Nullable UpstreamFiles previous,
      boolean isRefresh,
      Instant now,
      List<Problem> sourceProblems,
      List<Problem> warnings) {
    this.previous = previous;
    this.isRefresh = isRefresh;
    this.now = now;
    this.sourceProblems = sourceProblems;
    this.warnings = warnings;
  }

  /** Returns what was read. */
  UpstreamFiles result() {
    return new UpstreamFiles(authorities, pairs);
  }

  /**
   * Reads the files of one upstream.
   *
   * @param written places of the keys
   * @param path of the section
   * @param reported receives the problems because of which the upstream can't be used
   */
  void read(
      @Nullable UpstreamTlsConfig tls, ConfigSource written, String path, List<Problem> reported) {
    if (tls == null) {
      return;
    }
    for (Path file : tls.ca()) {
      readAuthorities(file, written, path + ".ca", reported);
    }
    for (String pin : tls.pin()) {
      try {
        Pin.parse(pin);
      } catch (CertificateProblem e) {
        reported.add(written.problem(path + ".pin", String.valueOf(e.getMessage()), ""));
      }
    }
    UpstreamFiles.Pair pair = UpstreamFiles.Pair.of(tls);
    if (pair != null) {
      readPair(pair, written, path + ".certificate", reported);
    }
  }

  private void readAuthorities(
      Path file, ConfigSource written, String key, List<Problem> reported) {
    try {
      Certificates.requireFile(file);
      authorities.put(file, Pem.certificates(file));
    } catch (CertificateProblem e) {
      List<X509Certificate> before = previous == null ? null : previous.authorities().get(file);
      if (before != null) {
        authorities.put(file, before);
      }
      report(e, before != null, written, key, reported);
    }
  }

  private void readPair(
      UpstreamFiles.Pair pair, ConfigSource written, String key, List<Problem> reported) {
    try {
      InstanceCertificate read = usable(pair);
      pairs.put(pair, read);
      Finding ended =
          problems(read).stream()
              .filter(problem -> problem.kind().dependsOnTime())
              .findFirst()
              .orElse(null);
      if (ended != null) {
        // Not refused: many servers ask for a certificate without insisting on a good one.
        warnings.add(written.problem(key, ended.message(), "a certificate that is valid now"));
      }
    } catch (CertificateProblem e) {
      InstanceCertificate before = previous == null ? null : previous.pairs().get(pair);
      if (before != null) {
        pairs.put(pair, before);
      }
      report(e, before != null, written, key, reported);
    }
  }

  /** Returns the pair's certificate, unless it could not be shown to anybody at any time. */
  private InstanceCertificate usable(UpstreamFiles.Pair pair) throws CertificateProblem {
    Certificates.requireFile(pair.certificate());
    Certificates.requireFile(pair.key());
    InstanceCertificate read = InstanceCertificate.load(pair.certificate(), pair.key());
    for (Finding problem : problems(read)) {
      if (problem.kind() == Finding.Kind.KEY_MISMATCH
          || problem.kind() == Finding.Kind.KEY_NOT_USABLE) {
        throw new CertificateProblem(pair.certificate() + ": " + problem.message());
      }
    }
    return read;
  }

  private List<Finding> problems(InstanceCertificate certificate) {
    return new CertificateCheck(List.of(), now, Duration.ZERO).problems(certificate);
  }

  private void report(
      CertificateProblem problem,
      boolean isKept,
      ConfigSource written,
      String key,
      List<Problem> reported) {
    (isRefresh && isKept ? sourceProblems : reported)
        .add(written.problem(key, String.valueOf(problem.getMessage()), ""));
  }
}
