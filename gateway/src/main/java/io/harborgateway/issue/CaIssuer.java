package io.harborgateway.issue;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateCheck;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.DnsName;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.OverwriteMode;
import io.harborgateway.config.IssuerConfig;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.config.values.KeyAlgorithm;
import io.harborgateway.watch.FileStamp;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Issues certificates of instances by the CA of {@code certs.issuer}, one at a time. The CA is read
 * when one is issued, and again after its files have changed. Blocks; thread-safe.
 */
public final class CaIssuer implements Issuer {
  /**
   * How long files of a CA that can't be used are not read again while they are the same: an
   * encrypted key takes half a second of CPU.
   */
  private static final Duration FAILURE_KEPT = Duration.ofSeconds(10);

  /** What was issued is then being taken. */
  private static final IssuePauses PAUSES =
      new IssuePauses(Duration.ofSeconds(5), Duration.ofMinutes(10));

  private final IssuerConfig config;
  private final IssuePolicy policy;

  // Guarded by this.
  private List<FileStamp> stamps = List.of();
  private @Nullable CertificateAuthority authority;
  private @Nullable UnusableException failure;
  private long failedAt;
  private @Nullable InstanceCertificate rehearsed;

  /** Reads nothing yet. */
  public CaIssuer(IssuerConfig config) {
    this.config = config;
    this.policy = new IssuePolicy(config.validity(), config.renewBefore());
  }

  @Override
  public boolean isSame(Issuer other) {
    return other instanceof CaIssuer ca && config.equals(ca.config);
  }

  @Override
  public IssuePolicy policy() {
    return policy;
  }

  @Override
  public IssuePauses pauses() {
    return PAUSES;
  }

  @Override
  public Path directory() {
    return config.directory();
  }

  @Override
  public Authority authority() throws UnusableException {
    CertificateAuthority ca = ca();
    return new Authority(ca.certificate().getSubjectX500Principal().getName(), ca.notAfter());
  }

  /**
   * Returns the CA, read again if its files have changed.
   *
   * @throws UnusableException if it can't be used
   */
  private synchronized CertificateAuthority ca() throws UnusableException {
    List<FileStamp> now =
        Stream.of(config.certificate(), config.key(), config.passphraseFile())
            .filter(Objects::nonNull)
            .map(FileStamp::of)
            .toList();
    boolean isSame = now.equals(stamps);
    CertificateAuthority known = authority;
    if (known != null && isSame) {
      return known;
    }
    UnusableException failed = failure;
    if (failed != null && isSame && System.nanoTime() - failedAt < FAILURE_KEPT.toNanos()) {
      throw failed;
    }
    stamps = now;
    authority = null;
    try {
      CertificateAuthority read =
          CertificateAuthority.load(config.certificate(), config.key(), config.passphraseFile());
      authority = read;
      return read;
    } catch (CertificateProblem e) {
      failure = new UnusableException(e);
      failedAt = System.nanoTime();
      throw failure;
    }
  }

  @Override
  public @Nullable Issued renew(
      InstanceGuid guid, List<String> names, Instant now, Challenges challenges)
      throws UnusableException, CertificateProblem {
    return issue(guid, names, now, true);
  }

  /**
   * Issues and stores a certificate if the one that is there can't be used.
   *
   * @return null: the one that is there stays
   */
  public @Nullable Issued repair(InstanceGuid guid, List<String> names, Instant now)
      throws UnusableException, CertificateProblem {
    return issue(guid, names, now, false);
  }

  /**
   * Returns what {@link #repair} would issue, without storing it: until {@link #store} is called
   * the one that is there stays.
   */
  public synchronized @Nullable Issued prepare(InstanceGuid guid, List<String> names, Instant now)
      throws UnusableException, CertificateProblem {
    String reason = reason(guid, names, now, false);
    return reason == null ? null : new Issued(made(names, now), reason);
  }

  /**
   * Stores a prepared certificate in place of the one that is there.
   *
   * @throws UnusableException if it can't be written; then the other stays
   */
  public synchronized void store(InstanceGuid guid, Issued prepared) throws UnusableException {
    IssuedPair pair = pair(guid);
    try {
      prepared.certificate().write(pair.chain(), pair.key(), OverwriteMode.REPLACE);
    } catch (CertificateProblem e) {
      throw new UnusableException(e);
    }
  }

  private synchronized @Nullable Issued issue(
      InstanceGuid guid, List<String> names, Instant now, boolean ifDue)
      throws UnusableException, CertificateProblem {
    String reason = reason(guid, names, now, ifDue);
    if (reason == null) {
      return null;
    }
    var issued = new Issued(made(names, now), reason);
    store(guid, issued);
    return issued;
  }

  private InstanceCertificate made(List<String> names, Instant now)
      throws UnusableException, CertificateProblem {
    InstanceCertificate made = ca().issue(request(names, now));
    requireUsable(made, names, now);
    return made;
  }

  /**
   * Returns what {@link #repair} would issue now, without storing it; all with the same key.
   *
   * @return null: the one that is there would stay
   */
  public synchronized @Nullable Issued rehearse(InstanceGuid guid, List<String> names, Instant now)
      throws UnusableException, CertificateProblem {
    String reason = reason(guid, names, now, false);
    if (reason == null) {
      return null;
    }
    InstanceCertificate before = rehearsed;
    InstanceCertificate issued =
        before == null
            ? ca().issue(request(names, now))
            : ca().issueWithKeyOf(before, request(names, now));
    rehearsed = issued;
    requireUsable(issued, names, now);
    return new Issued(issued, reason);
  }

  private @Nullable String reason(InstanceGuid guid, List<String> names, Instant now, boolean ifDue)
      throws UnusableException {
    IssuedPair.Present present = pair(guid).present(names, now);
    InstanceCertificate usable = present.usable();
    // Without need the CA is not read: it may be on a volume that is not there.
    return usable == null || !ifDue || !policy.isDue(usable, guid.value(), now)
        ? present.problem()
        : policy.gain(usable, now, ca().notAfter());
  }

  private IssueRequest request(List<String> names, Instant now)
      throws UnusableException, CertificateProblem {
    Instant authorityEnd = ca().notAfter();
    Duration validity = Duration.between(now, policy.end(now, authorityEnd));
    if (!validity.isPositive()) {
      throw new UnusableException(
          new CertificateProblem(
              "%s: the CA ended at %s (expected: one that is valid)"
                  .formatted(config.certificate(), authorityEnd)));
    }
    List<DnsName> parsed = new ArrayList<>(names.size());
    for (String name : names) {
      parsed.add(DnsName.parse(name));
    }
    KeyType type = config.keyType() == KeyAlgorithm.RSA ? KeyType.RSA_2048 : KeyType.EC_P256;
    return new IssueRequest(parsed, List.of(), type, now, validity);
  }

  /** What would be judged unusable must not replace what is used, nor be issued again and again. */
  private void requireUsable(InstanceCertificate issued, List<String> names, Instant now)
      throws UnusableException, CertificateProblem {
    List<Finding> problems = new ArrayList<>(ca().problems(issued, now));
    problems.addAll(new CertificateCheck(names, now, Duration.ZERO).problems(issued));
    if (!problems.isEmpty()) {
      throw new CertificateProblem("not issued: " + problems.getFirst().message());
    }
  }

  @Override
  public void close() {
    // What it does takes milliseconds.
  }
}
