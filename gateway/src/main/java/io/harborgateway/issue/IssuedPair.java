package io.harborgateway.issue;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.values.InstanceGuid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of a certificate that the gateway has issued, or is to issue. */
public record IssuedPair(Path folder, InstanceGuid guid) {
  /**
   * Whoever reads while the pair is being replaced may get the old chain and the new key; between
   * the two there are microseconds, or the other half of another machine's work.
   */
  private static final Duration PAUSE = Duration.ofMillis(10);

  private static final int MOST_READS = 10;

  /** The chain. */
  public Path chain() {
    return folder.resolve(guid.value() + ".crt");
  }

  /** The private key. */
  public Path key() {
    return folder.resolve(guid.value() + ".key");
  }

  /** Returns both. */
  public List<Path> files() {
    return List.of(chain(), key());
  }

  private boolean exists() {
    return Files.exists(chain()) && Files.exists(key());
  }

  /**
   * What is there.
   *
   * @param usable the certificate if it can be used now, otherwise null
   * @param problem why it can't be, otherwise null
   */
  public record Present(@Nullable InstanceCertificate usable, @Nullable String problem) {}

  /**
   * Returns what is there. Blocks.
   *
   * @param names the names that it must cover
   */
  public Present present(List<String> names, Instant now) {
    if (!exists()) {
      return new Present(null, "there is none");
    }
    try {
      InstanceCertificate found = read();
      String problem = IssuePolicy.problem(found, names, now);
      return new Present(problem == null ? found : null, problem);
    } catch (CertificateProblem e) {
      return new Present(null, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads the pair, again if it does not fit together. Blocks, in the worst case for a tenth of a
   * second.
   *
   * @throws CertificateProblem if it can't be read
   */
  public InstanceCertificate read() throws CertificateProblem {
    InstanceCertificate read = InstanceCertificate.load(chain(), key());
    for (int i = 1; i < MOST_READS && !read.isPair(); i++) {
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return read;
      }
      read = InstanceCertificate.load(chain(), key());
    }
    return read;
  }
}
