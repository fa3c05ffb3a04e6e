package io.harborgateway.issue;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IssuePolicyTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final String GUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

  private static IssuePolicy policy(int days) {
    return new IssuePolicy(Duration.ofDays(days), null);
  }

  @Test
  void aCertificateIsDueInTheLastThirdOrATenthOfItsLifeBefore() {
    Instant end = NOW.plus(Duration.ofDays(90));
    for (int i = 0; i < 1_000; i++) {
      assertThat(policy(90).due(NOW, end, UUID.randomUUID().toString()))
          .isBetween(NOW.plus(Duration.ofDays(51)), NOW.plus(Duration.ofDays(60)));
    }
  }

  @Test
  void tenThousandIssuedTogetherAreNotDueTogether() {
    Instant end = NOW.plus(Duration.ofDays(90));
    long[] days = new long[9];
    IntStream.range(0, 10_000)
        .mapToObj("00000000-0000-4000-8000-%012d"::formatted)
        .map(guid -> policy(90).due(NOW, end, guid))
        .forEach(due -> days[(int) Math.min(8, Duration.between(NOW, due).toDays() - 51)]++);
    assertThat(LongStream.of(days).boxed()).allMatch(count -> count > 500 && count < 2_000);
  }

  @Test
  void theTimeBeforeTheEndMayBeGiven() {
    var policy = new IssuePolicy(Duration.ofDays(10), DAY);
    assertThat(policy.due(NOW, NOW.plus(Duration.ofDays(10)), GUID))
        .isBetween(NOW.plus(Duration.ofDays(8)), NOW.plus(Duration.ofDays(9)));
  }

  @Test
  void aCertificateIsNeverDueTheMomentItIsIssued() {
    for (long renewBefore : new long[] {1, 60, 9 * 86_400, 10 * 86_400 - 1}) {
      var policy = new IssuePolicy(Duration.ofDays(10), Duration.ofSeconds(renewBefore));
      assertThat(policy.due(NOW, NOW.plus(Duration.ofDays(10)), GUID)).isAfter(NOW);
    }
  }

  @Test
  void nothingIsGainedFromACaThatEndsWithTheCertificate() {
    Instant authorityEnd = NOW.plus(DAY);
    IssuePolicy policy = policy(90);
    assertThat(policy.end(NOW, authorityEnd)).isEqualTo(authorityEnd);
    assertThat(policy.gains(authorityEnd, NOW, authorityEnd)).isFalse();
    assertThat(policy.gains(authorityEnd, NOW, authorityEnd.plus(DAY))).isTrue();
    assertThat(policy.gains(NOW.minus(DAY), NOW, NOW.minus(DAY))).isFalse();
  }

  @Test
  void saysWhyOneIsIssued() throws Exception {
    InstanceCertificate present =
        CertificateAuthority.create("CA", KeyType.EC_P256, NOW, Duration.ofDays(900))
            .issue(IssueRequest.forNames(List.of("a.test"), NOW, Duration.ofDays(90)));
    assertThat(reason(present, NOW, "a.test")).isNull();
    assertThat(reason(present, NOW.plus(Duration.ofDays(50)), "a.test")).isNull();
    assertThat(reason(present, NOW.plus(Duration.ofDays(61)), "a.test")).startsWith("it ends at ");
    assertThat(reason(present, NOW.plus(Duration.ofDays(91)), "a.test")).contains("expired at");
    assertThat(reason(present, NOW, "a.test", "b.test")).contains("expected: also b.test");
    // A clock that was ahead when it was issued:
    assertThat(reason(present, NOW.minus(DAY), "a.test")).contains("is valid from ");
  }

  private static @Nullable String reason(
      InstanceCertificate present, Instant now, String... names) {
    String problem = IssuePolicy.problem(present, List.of(names), now);
    return problem == null && policy(90).isDue(present, GUID, now)
        ? policy(90).gain(present, now, NOW.plus(Duration.ofDays(900)))
        : problem;
  }
}
