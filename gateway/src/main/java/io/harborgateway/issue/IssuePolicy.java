package io.harborgateway.issue;

import io.harborgateway.certs.CertificateCheck;
import io.harborgateway.certs.ChainValidity;
import io.harborgateway.certs.Finding;
import io.harborgateway.certs.InstanceCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a certificate is issued. Depends on nothing but its arguments.
 *
 * @param validity how long a certificate is valid unless its CA ends before; null: the CA decides
 * @param renewBefore how long before its end a certificate is renewed; null: a third of its life
 */
public record IssuePolicy(@Nullable Duration validity, @Nullable Duration renewBefore) {
  private static final int USUAL_PART = 3;

  /** Renewals are spread over this part of a certificate's life. */
  private static final int SPREAD_PART = 10;

  /** A prime: GUIDs that differ in one digit only are spread, too. */
  private static final long SLOTS = 9_973;

  /** Returns when a certificate that is issued now ends. */
  Instant end(Instant now, Instant authorityEnd) {
    Instant wanted = now.plus(Objects.requireNonNull(validity));
    return wanted.isAfter(authorityEnd) ? authorityEnd : wanted;
  }

  /**
   * Returns from when on a certificate is to be renewed. For each GUID that is another instant, so
   * that certificates issued together are not renewed together.
   */
  public Instant due(Instant begin, Instant end, String guid) {
    Duration life = Duration.between(begin, end);
    Duration before = renewBefore == null ? life.dividedBy(USUAL_PART) : renewBefore;
    Duration rest = life.minus(before);
    if (!rest.isPositive()) {
      return begin; // ended early by its CA: at any time, if another one is to be had
    }
    Duration spread = min(life.dividedBy(SPREAD_PART), rest.dividedBy(2));
    long slot = Math.floorMod(guid.hashCode() + begin.getEpochSecond(), SLOTS);
    return end.minus(before).minus(spread.multipliedBy(slot).dividedBy(SLOTS));
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /**
   * Whether a certificate that is issued now ends later than one that is there.
   *
   * @param authorityEnd null: nobody knows
   */
  public boolean gains(Instant end, Instant now, @Nullable Instant authorityEnd) {
    // Certificates have whole seconds.
    return authorityEnd == null || end(now, authorityEnd).getEpochSecond() > end.getEpochSecond();
  }

  /**
   * Returns why a certificate can't be used now, or null.
   *
   * @param names the names that it must cover
   */
  static @Nullable String problem(InstanceCertificate present, List<String> names, Instant now) {
    List<Finding> problems = new CertificateCheck(names, now, Duration.ZERO).problems(present);
    return problems.isEmpty() ? null : problems.getFirst().message();
  }

  /** Whether a certificate that can be used is to be renewed, if another one ends later. */
  public boolean isDue(InstanceCertificate present, String guid, Instant now) {
    ChainValidity validity = present.validity(now);
    return !now.isBefore(due(validity.from(), validity.until(), guid));
  }

  /** Returns what is wrong with a certificate that is due; null: another one is no better. */
  public @Nullable String gain(
      InstanceCertificate present, Instant now, @Nullable Instant authorityEnd) {
    Instant end = present.validity(now).until();
    return gains(end, now, authorityEnd) ? "it ends at " + end : null;
  }
}
