package io.harborgateway.snapshot;

import io.harborgateway.certs.CertificateCheck;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.Finding;
import io.harborgateway.config.CatalogueConfig;
import io.harborgateway.config.CertificateFilesConfig;
import io.harborgateway.control.CertificateWatch;
import io.harborgateway.issue.CaIssuer;
import io.harborgateway.issue.Issuer;
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

  private final Map<Instance, CertificateSet> kept;
  private final Map<Instance, CertificatePlace> places;
  private final @Nullable CatalogueConfig catalogue;
  private final @Nullable Issuer issuer;
  private final Map<Instance, Issuer.Issued> justIssued;
  private final boolean isStored;

  Certificates(
      Map<Instance, CertificateSet> kept,
      Map<Instance, CertificatePlace> places,
      @Nullable CatalogueConfig catalogue,
      SelfIssued issued) {
    this.kept = Map.copyOf(kept);
    this.places = new HashMap<>(places);
    this.catalogue = catalogue;
    this.issuer = issued.issuer();
    this.justIssued = Map.copyOf(issued.issued());
    this.isStored = issued.mode() != SelfIssued.Mode.PREPARED;
  }

  /** Who issues those that are in no other place; null: nobody. */
  public @Nullable Issuer issuer() {
    return issuer;
  }

  /** Where the certificates of all instances are, except for those of a catalogue. */
  Map<Instance, CertificatePlace> places() {
    return places;
  }

  /** Returns those that were issued when the snapshot was made. */
  public Map<Instance, Issuer.Issued> justIssued() {
    return justIssued;
  }

  /**
   * Stores those that were issued for this snapshot, which comes into force now. Blocks.
   *
   * @throws Issuer.UnusableException if one can't be stored
   */
  public void storeIssued() throws Issuer.UnusableException {
    if (issuer instanceof CaIssuer ca && !isStored) {
      for (Map.Entry<Instance, Issuer.Issued> each : justIssued.entrySet()) {
        ca.store(each.getKey().guid(), each.getValue());
      }
    }
  }

  /** Whether the gateway itself issues the certificate of the instance. Blocks. */
  public boolean isIssued(Instance instance) {
    return issuer != null && place(instance) instanceof CertificatePlace.Issued own && own.isOwn();
  }

  /** The certificates in memory. */
  public Map<Instance, CertificateSet> kept() {
    return kept;
  }

  /**
   * Returns the instance's certificates, reading them first if they are not kept. Does not check
   * whether they are valid now: {@link CertificateWatch} does.
   *
   * @throws IllegalStateException if they can't be used, regardless of the time
   */
  CertificateSet of(Instance instance) {
    CertificateSet certificate = kept.get(instance);
    if (certificate != null) {
      return certificate;
    }
    try {
      CertificateSet read = read(instance);
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
   * Reads the files of an instance, whether or not its certificates are kept.
   *
   * @throws CertificateProblem if they can't be read
   */
  public CertificateSet read(Instance instance) throws CertificateProblem {
    return place(instance).read();
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
   * Returns where the instance's certificates are.
   *
   * @throws IllegalStateException if it is not one of this snapshot's instances
   */
  public CertificatePlace place(Instance instance) {
    CertificatePlace place = places.get(instance);
    if (place != null) {
      return place;
    }
    if (catalogue == null) {
      throw new IllegalStateException(instance + ": not one of this snapshot's instances");
    }
    CertificateFilesConfig listed = catalogue.certificate(instance.guid());
    if (listed != null) {
      return new CertificatePlace.Named(listed, null);
    }
    if (issuer == null) {
      throw new IllegalStateException(instance + ": neither catalogue.certificates nor an issuer");
    }
    return new CertificatePlace.Issued(issuer.pair(instance.guid()), null);
  }

  /**
   * Returns everything that keeps the certificates from being used for the instance's names.
   *
   * @param guard validity that must remain
   */
  public static List<Finding> problems(
      CertificateSet certificates, Instance instance, Instant now, Duration guard) {
    return new CertificateCheck(instance.hostNames(), now, guard).problems(certificates);
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
