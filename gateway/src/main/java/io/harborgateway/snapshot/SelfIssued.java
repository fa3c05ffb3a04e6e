package io.harborgateway.snapshot;

import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.issue.Issuer;
import io.harborgateway.route.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Issues the certificates of a snapshot that is being built, before they are judged; in a rehearsal
 * into memory only. Blocks; not thread-safe.
 */
final class SelfIssued {
  private final @Nullable Issuer issuer;
  private final boolean isRehearsal;
  private final Instant now;
  private final Map<Instance, Issuer.Issued> issued = new LinkedHashMap<>();
  private final Map<Instance, String> failures = new HashMap<>();

  SelfIssued(@Nullable Issuer issuer, boolean isRehearsal, Instant now) {
    this.issuer = issuer;
    this.isRehearsal = isRehearsal;
    this.now = now;
  }

  @Nullable Issuer issuer() {
    return issuer;
  }

  /** Makes the folder, so that it can be watched. */
  void makeFolder() {
    if (issuer != null && !isRehearsal) {
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
    if (issuer == null || !(place instanceof CertificatePlace.Issued)) {
      return;
    }
    try {
      Issuer.Issued result =
          isRehearsal
              ? issuer.rehearse(instance.guid(), instance.hostNames(), now)
              : issuer.repair(instance.guid(), instance.hostNames(), now);
      if (result != null) {
        issued.put(instance, result);
      }
    } catch (CertificateProblem | Issuer.UnusableException e) {
      failures.put(instance, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads a certificate.
   *
   * @throws CertificateProblem if it can't be read, with the reason for which it was not issued
   */
  CertificateSet read(Instance instance, CertificatePlace place) throws CertificateProblem {
    Issuer.Issued rehearsed = isRehearsal ? issued.get(instance) : null;
    if (rehearsed != null) {
      return CertificateSet.of(rehearsed.certificate());
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

  /** Returns those that were issued, or in a rehearsal would be. */
  Map<Instance, Issuer.Issued> issued() {
    return issued;
  }

  boolean isRehearsal() {
    return isRehearsal;
  }
}
