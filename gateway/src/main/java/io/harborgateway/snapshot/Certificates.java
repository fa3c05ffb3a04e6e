package io.harborgateway.snapshot;

import io.harborgateway.certs.CertificateCheck;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.config.CatalogueConfig;
import io.harborgateway.config.CertificateFilesConfig;
import io.harborgateway.control.CertificateWatch;
import io.harborgateway.route.Instance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a snapshot's instances. On a normal node they are checked before the snapshot
 * is built, and are kept. With thousands, only the location of the files is known, which for a
 * catalogue takes no memory at all: each is read and checked whenever it is needed, and not kept
 * here. Thread-safe; blocks.
 */
public final class Certificates {
  /** Number of instances up to which all certificates are checked before anything is bound. */
  public static final int KEPT = 64;

  private final Map<Instance, InstanceCertificate> kept;
  private final Map<Instance, CertificateFilesConfig> files;
  private final @Nullable CatalogueConfig catalogue;

  Certificates(
      Map<Instance, InstanceCertificate> kept,
      Map<Instance, CertificateFilesConfig> files,
      @Nullable CatalogueConfig catalogue) {
    this.kept = Map.copyOf(kept);
    this.files = new HashMap<>(files);
    this.catalogue = catalogue;
  }

  /** The certificates in memory. */
  public Map<Instance, InstanceCertificate> kept() {
    return kept;
  }

  /**
   * Returns the instance's certificate, reading it first if it is not kept. Does not check whether
   * it is valid now: {@link CertificateWatch} does.
   *
   * @throws IllegalStateException if it can't be used, regardless of the time
   */
  InstanceCertificate of(Instance instance) {
    InstanceCertificate certificate = kept.get(instance);
    if (certificate != null) {
      return certificate;
    }
    try {
      InstanceCertificate read = read(instance);
      String problem = lasting(problems(read, instance, Instant.now(), Duration.ZERO));
      if (problem == null) {
        return read;
      }
      throw new IllegalStateException(instance + ": " + problem);
    } catch (CertificateProblem e) {
      throw new IllegalStateException(instance + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads the files of an instance, whether or not its certificate is kept.
   *
   * @throws CertificateProblem if they can't be read
   */
  public InstanceCertificate read(Instance instance) throws CertificateProblem {
    return load(files(instance));
  }

  /**
   * Reads a pair of files.
   *
   * @throws CertificateProblem if they can't be read, or are not regular files
   */
  static InstanceCertificate load(CertificateFilesConfig pair) throws CertificateProblem {
    requireFile(pair.chain());
    requireFile(pair.key());
    return InstanceCertificate.load(pair.chain(), pair.key());
  }

  /**
   * Rejects anything but a regular file: reading a pipe would block the thread that reads
   * everything else, too.
   */
  static void requireFile(Path path) throws CertificateProblem {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new CertificateProblem(path + ": no regular file");
    }
  }

  /**
   * Returns the files from which the instance's certificate is read.
   *
   * @throws IllegalStateException if it is not one of this snapshot's instances
   */
  public CertificateFilesConfig files(Instance instance) {
    CertificateFilesConfig place = files.get(instance);
    if (place != null) {
      return place;
    }
    if (catalogue == null) {
      throw new IllegalStateException(instance + ": not one of this snapshot's instances");
    }
    return catalogue.certificate(instance.guid());
  }

  /**
   * Returns everything that keeps the certificate from being used for the instance's names.
   *
   * @param guard validity that must remain
   */
  public static List<Finding> problems(
      InstanceCertificate certificate, Instance instance, Instant now, Duration guard) {
    return new CertificateCheck(instance.hostNames(), now, guard).problems(certificate);
  }

  /**
   * Returns the first of these problems that keeps the certificate from being used now, or null.
   */
  public static @Nullable Finding unusable(List<Finding> problems) {
    return problems.stream()
        .filter(problem -> problem.kind() != Finding.Kind.EXPIRES_SOON)
        .findFirst()
        .orElse(null);
  }

  /** Returns the first of these problems that does not depend on time, or null. */
  public static @Nullable String lasting(List<Finding> problems) {
    for (Finding problem : problems) {
      if (!problem.kind().dependsOnTime()) {
        return problem.message();
      }
    }
    return null;
  }
}
