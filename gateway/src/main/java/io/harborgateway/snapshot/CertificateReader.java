package io.harborgateway.snapshot;

import io.harborgateway.certs.CertificateCheck;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.CertificateSet;
import io.harborgateway.certs.Finding;
import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.route.Instance;
import io.harborgateway.tls.TlsContexts;
import io.harborgateway.tls.TlsSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the certificates of instances and judges each: good, refused, or outdated, if its files
 * have become unusable but their previous content can still be used. Blocks.
 */
final class CertificateReader {
  /** Said of what is wrong with a certificate that is ordered while its instance is in force. */
  private static final String AWAITED = "certificate is ordered while the gateway runs: ";

  private final GatewayConfig config;
  private final Certificates certificates;
  private final SelfIssued issued;
  private final SourceMap places;
  private final Instant now;
  private final @Nullable Snapshot previous;
  private final TlsSettings tls;

  /** The previous certificate of each instance, by GUID. */
  private final Map<InstanceGuid, Before> predecessors = new HashMap<>();

  /** Whether another configuration is in force, whose instances are all known. */
  private final boolean follows;

  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> rejecting = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private final Map<Instance, String> refused = new HashMap<>();
  private final Map<Instance, String> outdated = new HashMap<>();
  private final Map<Instance, List<Finding>> findings = new HashMap<>();
  private int unusableNow;

  private record Before(
      Instance instance, @Nullable CertificateSet certificate, CertificatePlace place) {}

  /**
   * @param certificates where certificates are read from
   * @param issued those that have just been issued
   * @param previous the snapshot in force, or null at startup
   * @param tls what handshakes prove a certificate with
   */
  CertificateReader(
      GatewayConfig config,
      Certificates certificates,
      SelfIssued issued,
      SourceMap places,
      @Nullable Snapshot previous,
      TlsSettings tls,
      Instant now) {
    this.config = config;
    this.certificates = certificates;
    this.issued = issued;
    this.places = places;
    this.now = now;
    this.previous = previous;
    this.tls = tls;
    this.follows = previous != null && previous.isChecked();
    if (previous != null) {
      for (Instance instance : previous.routes().instances()) {
        if (previous.isKnown(instance)) {
          predecessors.put(
              instance.guid(),
              new Before(
                  instance,
                  previous.certificates().kept().get(instance),
                  previous.certificates().place(instance)));
        }
      }
    }
  }

  /**
   * Whether the instance's certificate is in memory, which may differ from the current content of
   * its files.
   */
  boolean isInMemory(Instance instance) {
    return previous != null && previous.certificates().kept().containsKey(instance);
  }

  /** Returns the problems of individual instances, while the others are served. */
  List<Problem> problems() {
    return problems;
  }

  /**
   * Returns the problems of instances new in the configuration, because of which it is rejected.
   */
  List<Problem> rejecting() {
    return rejecting;
  }

  /** Returns warnings about what works, but not as well as it looks. */
  List<Problem> warnings() {
    return warnings;
  }

  /** Returns the instances whose certificate can't be used, regardless of the time, and why. */
  Map<Instance, String> refused() {
    return refused;
  }

  /** Returns the instances that keep their previous certificate, and why. */
  Map<Instance, String> outdated() {
    return outdated;
  }

  /** Returns all that was found of each instance's certificates, if they could be read. */
  Map<Instance, List<Finding>> findings() {
    return findings;
  }

  /** Returns the number of certificates that can't be used now, and are not awaited. */
  int unusableNow() {
    return unusableNow;
  }

  /**
   * Reads the certificate of an instance, and judges it.
   *
   * @param index the instance's index in the route table
   * @param prove whether to try handshakes if nothing else is wrong
   * @return the certificate if it can be used, now or at another time, or the previous one;
   *     otherwise null
   */
  @Nullable CertificateSet read(Instance instance, int index, boolean prove) {
    Before had = predecessors.get(instance.guid());
    boolean isRejected = isNew(instance, had) && places.isConfigured(index);
    boolean isAwaited = issued.isAwaited(certificates.place(instance));
    List<Problem> reported = isAwaited ? warnings : isRejected ? rejecting : problems;
    CertificateSet before = usable(had, instance);
    CertificateSet certificate;
    List<Finding> found;
    try {
      certificate = issued.read(instance, certificates.place(instance));
      found = Certificates.problems(certificate, instance, now, Snapshot.certificateGuard(config));
    } catch (CertificateProblem e) {
      String message = String.valueOf(e.getMessage());
      if (before != null) {
        outdated.put(instance, message);
        return before;
      }
      refuse(instance, message, isAwaited);
      reported.add(places.problem(index, (isAwaited ? AWAITED : "") + message));
      return null;
    }
    Finding unusable = Certificates.unusable(found);
    if (before != null && !before.equals(certificate)) {
      String reason = unusable != null ? unusable.message() : unproven(certificate, instance);
      if (reason != null) {
        outdated.put(instance, reason);
        return before;
      }
    }
    for (Finding finding : found) {
      String message = issued.explained(instance, finding.message());
      reported.add(places.problem(index, (isAwaited ? AWAITED : "") + message));
    }
    List<Finding> hints = hints(certificate);
    hints.forEach(hint -> warnings.add(places.problem(index, hint.message())));
    List<Finding> all = new ArrayList<>(found);
    all.addAll(hints);
    findings.put(instance, List.copyOf(all));
    String lasting = Certificates.lasting(found);
    if (lasting == null && prove) {
      lasting = unproven(certificate, instance);
      if (lasting != null) {
        problems.add(places.problem(index, lasting));
      }
    }
    if (lasting != null) {
      refuse(instance, lasting, isAwaited);
      return null;
    }
    if (unusable != null && !isAwaited) {
      unusableNow++;
    }
    return certificate;
  }

  /**
   * Whether the instance, one of its names, or the location of its certificate is new; never at
   * startup.
   */
  private boolean isNew(Instance instance, @Nullable Before had) {
    return follows
        && (had == null
            || !had.instance().names().containsAll(instance.names())
            || !had.place().equals(certificates.place(instance)));
  }

  /**
   * Returns the instance's previous certificate, from the same files, if it can be used now;
   * otherwise null.
   */
  private @Nullable CertificateSet usable(@Nullable Before had, Instance instance) {
    if (had == null
        || had.certificate() == null
        || !had.place().equals(certificates.place(instance))) {
      return null;
    }
    List<Finding> found =
        Certificates.problems(had.certificate(), instance, now, Snapshot.certificateGuard(config));
    return Certificates.unusable(found) == null ? had.certificate() : null;
  }

  private void refuse(Instance instance, String problem, boolean isAwaited) {
    refused.put(instance, problem);
    if (!isAwaited) {
      unusableNow++;
    }
  }

  /** Returns why no handshake works with the certificate, or null. */
  private @Nullable String unproven(CertificateSet certificate, Instance instance) {
    try {
      TlsContexts.prove(certificate, instance.hostNames(), tls);
      return null;
    } catch (SSLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Notes what does not keep the certificates from being used. */
  private List<Finding> hints(CertificateSet certificates) {
    List<Finding> hints = new ArrayList<>();
    for (Finding hint :
        new CertificateCheck(List.of(), now, Snapshot.certificateGuard(config))
            .hints(certificates)) {
      if (hint.kind() != Finding.Kind.NOT_FOR_RSA_SUITES || isAnnouncedOverTls()) {
        hints.add(hint);
      }
    }
    Finding unreachable = isAnnouncedOverTls() ? RouterReach.refusal(certificates, tls) : null;
    if (unreachable != null) {
      hints.removeIf(hint -> hint.kind() == Finding.Kind.NOT_FOR_RSA_SUITES);
      hints.add(unreachable);
    }
    return hints;
  }

  private boolean isAnnouncedOverTls() {
    return config.registration() != null
        && config.listeners().stream().anyMatch(l -> l.protocol() == Protocol.HTTPS);
  }
}
