package io.harborgateway.snapshot;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.issue.CaIssuer;
import io.harborgateway.issue.Issuer;
import io.harborgateway.route.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Issues the certificates of a snapshot that is being built, before they are judged; in a rehearsal
 * into memory only. Blocks; not thread-safe.
 */
final class SelfIssued {
  /** What becomes of what is issued. */
  enum Mode {
    /** It is stored at once. */
    STORED,
    /** It is stored when the snapshot comes into force: until then another one is. */
    PREPARED,
    /** Nothing: this is only to see what would happen. */
    REHEARSED
  }

  private final @Nullable Issuer issuer;
  private final Mode mode;
  private final Instant now;
  private final Map<Instance, Issuer.Issued> issued = new LinkedHashMap<>();
  private final Map<Instance, String> failures = new HashMap<>();

  SelfIssued(@Nullable Issuer issuer, Mode mode, Instant now) {
    this.issuer = issuer;
    this.mode = mode;
    this.now = now;
  }

  @Nullable Issuer issuer() {
    return issuer;
  }

  /** Makes the folder, so that it can be watched. */
  void makeFolder() {
    if (issuer != null && mode != Mode.REHEARSED) {
      try {
        Files.createDirectories(issuer.directory());
      } catch (IOException e) {
        return; // whoever issues a certificate says so
      }
    }
  }

  /** Returns why the CA can't be used, or null. */
  @Nullable String problem() {
    try {
      if (issuer != null) {
        issuer.authority();
      }
      return null;
    } catch (Issuer.UnusableException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * Issues the instance's certificate, if it is at this place and to be issued.
   *
   * @param place where its certificate is or will be
   */
  void issue(Instance instance, CertificatePlace place) {
    if (!(issuer instanceof CaIssuer ca)
        || !(place instanceof CertificatePlace.Issued own)
        || !own.isOwn()) {
      return;
    }
    try {
      Issuer.Issued result =
          switch (mode) {
            case STORED -> ca.repair(instance.guid(), instance.hostNames(), now);
            case PREPARED -> ca.prepare(instance.guid(), instance.hostNames(), now);
            case REHEARSED -> ca.rehearse(instance.guid(), instance.hostNames(), now);
          };
      if (result != null) {
        issued.put(instance, result);
      }
    } catch (CertificateProblem | Issuer.UnusableException e) {
      failures.put(instance, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Whether the certificate at this place is not issued before the instance is served, since its
   * issuer first connects to it.
   */
  boolean isAwaited(CertificatePlace place) {
    return place instanceof CertificatePlace.Issued own
        && own.isOwn()
        && !(issuer instanceof CaIssuer);
  }

  /**
   * Reads a certificate.
   *
   * @throws CertificateProblem if it can't be read, with the reason for which it was not issued
   */
  CertificateSet read(Instance instance, CertificatePlace place) throws CertificateProblem {
    Issuer.Issued unstored = mode == Mode.STORED ? null : issued.get(instance);
    if (unstored != null) {
      return CertificateSet.of(unstored.certificate());
    }
    try {
      return place.read();
    } catch (CertificateProblem e) {
      String failure = failures.get(instance);
      throw failure == null ? e : new CertificateProblem("not issued: " + failure);
    }
  }

  /** Adds why no better certificate was issued to what is wrong with one. */
  String explained(Instance instance, String problem) {
    String failure = failures.get(instance);
    return failure == null ? problem : problem + "; not issued: " + failure;
  }

  /** Returns why certificates could not be issued. */
  Map<Instance, String> failures() {
    return failures;
  }

  /** Forgets what was issued for others. */
  void retain(Collection<Instance> instances) {
    if (!issued.isEmpty()) {
      issued.keySet().retainAll(new HashSet<>(instances));
    }
  }

  /** Returns those that were issued, or in a rehearsal would be. */
  Map<Instance, Issuer.Issued> issued() {
    return issued;
  }

  Mode mode() {
    return mode;
  }
}
